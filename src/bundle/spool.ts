import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file that has no name any more: it is gone when it is closed, or when the process ends, however it ends. */
export async function openUnlinked(folder = tmpdir()): Promise<FileHandle> {
  const path = join(folder, `hotswap-bundle-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  await unlink(path);
  return file;
}

/** So much is kept in memory; what is longer goes to a file. */
const IN_MEMORY = 512 * 1024;
/** A file is read in pieces of this many bytes. */
export const READ_BYTES = 256 * 1024;

/** Bytes that are written once and then read once, in bounded memory. A chunk, given or got, is valid until the next. */
export class Spool {
  readonly #folder: string | undefined;
  #chunks: Uint8Array[] = [];
  #file: FileHandle | undefined;
  #size = 0;

  constructor(folder?: string) {
    this.#folder = folder;
  }

  get size(): number {
    return this.#size;
  }

  async write(chunk: Uint8Array): Promise<void> {
    if (this.#file === undefined && this.#size + chunk.length > IN_MEMORY) {
      this.#file = await openUnlinked(this.#folder);
      for (const kept of this.#chunks) await writeFully(this.#file, kept);
      this.#chunks = [];
    }
    if (this.#file === undefined) this.#chunks.push(Uint8Array.from(chunk));
    else await writeFully(this.#file, chunk);
    this.#size += chunk.length;
  }

  async *read(): AsyncGenerator<Uint8Array> {
    if (this.#file === undefined) {
      yield* this.#chunks;
      return;
    }
    yield* readFrom(this.#file, this.#size, Buffer.allocUnsafeSlow(READ_BYTES));
  }

  async close(): Promise<void> {
    this.#chunks = [];
    await this.#file?.close();
    this.#file = undefined;
  }
}

/** A write may take less than it was given, such as where the disk is nearly full. @throws the error of the file system */
export async function writeFully(file: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let written = 0; written < chunk.length; ) written += (await file.write(chunk, written)).bytesWritten;
}

/** The first `size` bytes of a file, a piece at a time. @param room to read every piece into; left out: each has memory of its own */
export async function* readFrom(file: FileHandle, size: number, room?: Buffer): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < size; ) {
    const piece = room ?? Buffer.allocUnsafe(READ_BYTES);
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, size - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}
