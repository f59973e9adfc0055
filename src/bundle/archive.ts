import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Entry, headerOf } from './entry.ts';
import { openUnlinked, READ_BYTES, readFrom, writeFully } from './spool.ts';

const compress = promisify(gzip);

/** The end of a tar archive: two empty blocks. */
const END = Buffer.alloc(1_024);

/** The finished archive. Nothing of it is left once it is closed. */
export interface Archive {
  readonly bytes: number;
  readonly sha256: string;
  read(): AsyncGenerator<Uint8Array>;
  /** The same, one piece after the other in the same memory: a piece is valid until the next. */
  readInPlace(): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

/**
 * A gzip tar that grows by whole files, in an unlinked file. Each part is compressed by itself, as the format allows, so that
 * files can be compressed beside each other, and the size that one adds is known before it is added.
 */
export class ArchiveWriter {
  readonly #file: FileHandle;
  readonly #root: string;
  readonly #at: Date;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(file: FileHandle, root: string, at: Date) {
    this.#file = file;
    this.#root = root;
    this.#at = at;
  }

  /** @param root the folder inside the archive that all of it goes into, so that unpacking it leaves nothing lying about */
  static async open({ root, at, folder }: { readonly root: string; readonly at: Date; readonly folder?: string }): Promise<ArchiveWriter> {
    return new ArchiveWriter(await openUnlinked(folder), root, at);
  }

  /** Adds a file and lets go of its spool. Returns false where the archive would become longer than that. Files are added one after the other. */
  add(entry: Entry, limitBytes: number): Promise<boolean> {
    const added = this.#queue.then(() => this.#add(entry, limitBytes));
    this.#queue = added.catch(() => {});
    return added;
  }

  async #add(entry: Entry, limitBytes: number): Promise<boolean> {
    try {
      const header = await compress(await headerOf({ ...entry, path: `${this.#root}/${entry.path}` }, this.#at));
      if (this.#bytes + header.length + entry.compressed.size > limitBytes) return false;
      await this.#append(header);
      for await (const chunk of entry.compressed.read()) await this.#append(chunk);
      return true;
    } finally {
      await entry.compressed.close();
    }
  }

  async #append(chunk: Uint8Array): Promise<void> {
    await writeFully(this.#file, chunk);
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  async finish(): Promise<Archive> {
    await this.#queue;
    await this.#append(await compress(END));
    const bytes = this.#bytes;
    return {
      bytes,
      sha256: this.#hash.digest('hex'),
      read: () => readFrom(this.#file, bytes),
      readInPlace: () => readFrom(this.#file, bytes, Buffer.allocUnsafeSlow(READ_BYTES)),
      close: () => this.#file.close(),
    };
  }

  /** Gives everything up. */
  async discard(): Promise<void> {
    await this.#queue;
    await this.#file.close();
  }
}
