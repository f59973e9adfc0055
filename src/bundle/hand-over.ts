/** Takes a piece; the next is read once it has. */
type Take = (piece: Uint8Array) => Promise<void>;

/**
 * The pieces that a reader hands over, each when it is asked for, so that none wait in between. A piece is valid until the next is
 * asked for: then its memory is given back at once, because the garbage collector would let tens of megabytes pile up.
 * @throws what the reader throws, behind the pieces that came before
 */
export async function* handOver(read: (take: Take) => Promise<void>): AsyncGenerator<Uint8Array> {
  let given = Promise.withResolvers<Uint8Array | null>();
  let wanted = Promise.withResolvers<void>();
  const reading = read(async (piece) => {
    given.resolve(piece);
    await wanted.promise;
    release(piece);
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

/** Whether it is all there is in its memory is asked because small pieces share theirs with others. */
function release({ buffer, byteLength }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) buffer.transfer(0);
}
