import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { TransformOptions } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip, type ZlibOptions } from 'node:zlib';
import { pack } from 'tar-stream';
import { oneByOne } from '../clients/one-by-one.ts';
import type { Rules } from '../redaction/find.ts';
import { redact } from '../redaction/stream.ts';
import type { FileTokens } from '../redaction/tokens.ts';
import { type Received, receive } from './received.ts';
import { Spool } from './spool.ts';
import type { BundleFile } from './types.ts';

/** A file without its secrets, compressed, ready to be put into the archive. */
export interface Entry extends Readonly<Received> {
  readonly path: string;
  /** As it is unpacked. */
  readonly bytes: number;
  readonly sha256: string;
  readonly compressed: Spool;
}

interface EntryOptions {
  readonly rules: Rules;
  readonly tokens: FileTokens;
  /** The file is cut behind so many bytes. */
  readonly limitBytes: number;
  readonly folder?: string;
  readonly signal: AbortSignal;
}

const BLOCK = 512;
/** Other than what small buffers share, so that it is known whose it is. */
const GZIP_CHUNK = 2 * Buffer.poolSize;
/** No chunk waits in the stream: each is used up before the next is asked for. */
const ONE_BY_ONE: ZlibOptions & TransformOptions = { writableHighWaterMark: 1, chunkSize: GZIP_CHUNK };

/** Takes the secrets out of a file, cuts it, hashes and compresses it, in one pass and in bounded memory. */
export async function makeEntry(
  { path, content }: BundleFile,
  { rules, tokens, limitBytes, folder, signal }: EntryOptions,
): Promise<Entry> {
  const compressed = new Spool(folder);
  const hash = createHash('sha256');
  const received: Received = { cut: false, failure: null };
  let bytes = 0;
  try {
    await pipeline(
      receive(content, limitBytes, received),
      (chunks: AsyncIterable<Uint8Array>) => redact(chunks, rules, tokens),
      async function* (chunks: AsyncIterable<Uint8Array>) {
        for await (const chunk of chunks) {
          hash.update(chunk);
          bytes += chunk.length;
          yield chunk;
        }
        yield Buffer.alloc((BLOCK - (bytes % BLOCK)) % BLOCK); // the archive's files begin at whole blocks
      },
      createGzip(ONE_BY_ONE),
      oneByOne((chunk) => compressed.write(chunk), GZIP_CHUNK),
      { signal },
    );
  } catch (error) {
    await compressed.close();
    throw error;
  }
  return { path, bytes, sha256: hash.digest('hex'), ...received, compressed };
}

/** What stands before a file in a tar archive. */
export async function headerOf({ path, bytes }: Pick<Entry, 'path' | 'bytes'>, at: Date): Promise<Buffer> {
  const tar = pack();
  tar.entry({ name: path, size: bytes, mode: 0o600, mtime: at, type: 'file' });
  const parts: Buffer[] = [];
  await once(tar, 'readable');
  for (let part: unknown = tar.read(); part instanceof Buffer; part = tar.read()) parts.push(part);
  tar.destroy();
  return Buffer.concat(parts);
}
