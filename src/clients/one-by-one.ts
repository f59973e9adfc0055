import { Writable } from 'node:stream';

/** Takes a piece, which is valid until it has; the next comes then. */
export type TakePiece = (piece: Uint8Array) => Promise<void> | void;

/**
 * Where a stream whose pieces nobody else holds goes to be used piece by piece: none waits in between, and what a piece was read
 * into is given back as soon as it is used up. The garbage collector would let tens of megabytes pile up. @param ownBytes that much
 * memory is only ever the stream's; left out: all that it hands over is
 */
export function oneByOne(take: TakePiece, ownBytes?: number): Writable {
  let memory: ArrayBufferLike | undefined;
  const use = async (piece: Buffer): Promise<void> => {
    // several pieces may share their memory, all of which have come before one of another does
    if (memory !== piece.buffer) release(memory, ownBytes);
    memory = piece.buffer;
    await take(piece);
  };
  return new Writable({ highWaterMark: 1, write: (piece: Buffer, _encoding, done) => void use(piece).then(() => done(), done) });
}

function release(memory: ArrayBufferLike | undefined, ownBytes: number | undefined): void {
  if (memory instanceof ArrayBuffer && (ownBytes === undefined || memory.byteLength === ownBytes)) memory.transfer(0);
}
