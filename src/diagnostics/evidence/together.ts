type Results<Promises extends readonly Promise<unknown>[]> = { -readonly [Key in keyof Promises]: Awaited<Promises[Key]> };

/**
 * What all of them came to. Where several fail, the first of the list tells why, and not the one that failed first: the same
 * trouble is told in the same words each time.
 */
export async function together<const Promises extends readonly Promise<unknown>[]>(...promises: Promises): Promise<Results<Promises>> {
  await Promise.allSettled(promises);
  for (const one of promises) await one;
  return Promise.all(promises);
}
