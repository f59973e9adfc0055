import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { z } from 'zod';
import { belowFolder } from '../layout.ts';
import { Manifest } from '../manifest.ts';

/** A file that cannot be compared, said so that a person knows what to do. */
export class UnreadableBundle extends Error {}

/** What is compared is short; a longer file is left out. */
const LONGEST = 32 * 1024 * 1024;
const WANTED =
  /^(?:cluster-resources\/(?!pods\/logs\/).*|evidence\/.*|diagnosis\/report|postgres\/.*|prometheus\/ranges|manifest|cluster-info\/cluster_version)\.json$/;
const Versioned = z.looseObject({ schema: z.int() });

export interface OpenedBundle {
  readonly manifest: Manifest;
  /** The files that are compared, by their paths, as they were parsed. Logs are not among them. */
  readonly files: ReadonlyMap<string, unknown>;
}

/** Goes through an archive once; logs pass by. @throws UnreadableBundle */
export async function openBundle(path: string): Promise<OpenedBundle> {
  const files = await readFiles(createReadStream(path), path);
  const manifest = files.get('manifest.json');
  const version = Versioned.safeParse(manifest);
  if (!version.success) throw new UnreadableBundle(`${path} is an archive, but no support bundle: it has no manifest.json.`);
  if (version.data.schema > 1)
    throw new UnreadableBundle(`${path} was made by a newer version (schema ${version.data.schema}). Update this one.`);
  const parsed = Manifest.safeParse(manifest);
  if (!parsed.success) throw new UnreadableBundle(`${path} is damaged: its manifest.json does not say what a manifest says.`);
  return { manifest: parsed.data, files };
}

async function readFiles(archive: Readable, path: string): Promise<ReadonlyMap<string, unknown>> {
  const files = new Map<string, unknown>();
  const tar = extract();
  const reading = (async () => {
    for await (const entry of tar) {
      const { size = 0 } = entry.header;
      const name = belowFolder(entry.header.name);
      if (WANTED.test(name) && size <= LONGEST) files.set(name, JSON.parse(await text(entry)));
      else entry.resume();
    }
  })();
  try {
    await Promise.all([pipeline(archive, createGunzip(), tar), reading]);
  } catch (error) {
    throw new UnreadableBundle(reasonOf(error, path));
  }
  return files;
}

function reasonOf(error: unknown, path: string): string {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'ENOENT') return `There is no file ${path}.`;
  if (code === 'EACCES' || code === 'EISDIR') return `${path} cannot be read (${code}).`;
  if (error instanceof Error && error.message === 'incorrect header check')
    return `${path} is no support bundle: it is not compressed with gzip.`;
  return `${path} is damaged or no support bundle: it cannot be unpacked to its end.`;
}
