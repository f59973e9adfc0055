/** Takes a piece; the next is read once it has. */
type Take = (piece: Uint8Array) => Promise<void>;

/**
 * The pieces that a reader hands over, each when it is asked for, so that none wait in between. A piece is valid until the next is
 * asked for.
 * @throws what the reader throws, behind the pieces that came before
 */
export async function* handOver(read: (take: Take) => Promise<void>): AsyncGenerator<Uint8Array> {
  let given = Promise.withResolvers<Uint8Array | null>();
  let wanted = Promise.withResolvers<void>();
  const reading = read((piece) => {
    given.resolve(piece);
    return wanted.promise;
  }).finally(() => given.resolve(null));
  reading.catch(() => {}); // heard of below
  try {
    for (let piece = await given.promise; piece !== null; piece = await given.promise) {
      given = Promise.withResolvers();
      yield piece;
      wanted.resolve();
      wanted = Promise.withResolvers();
    }
    await reading;
  } finally {
    wanted.resolve();
  }
}
