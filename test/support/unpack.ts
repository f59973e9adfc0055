import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { belowFolder } from '../../src/bundle/layout.ts';

/** The files of an archive, by their paths below the one folder that all are in. */
export async function unpack(archive: AsyncIterable<Uint8Array> | Uint8Array): Promise<ReadonlyMap<string, Buffer>> {
  const found = new Map<string, Buffer>();
  const packed = Readable.from(archive instanceof Uint8Array ? [archive] : archive);
  for await (const entry of packed.pipe(createGunzip()).pipe(extract())) found.set(belowFolder(entry.header.name), await buffer(entry));
  return found;
}
