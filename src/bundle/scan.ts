import { pipeline } from 'node:stream/promises';
import { createGunzip, type Gunzip } from 'node:zlib';
import { lintSource } from '@secretlint/core';
import { secretLintProfiler } from '@secretlint/profiler';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { extract } from 'tar-stream';
import { TOKEN } from '../redaction/tokens.ts';
import { belowFolder } from './layout.ts';

/** A secret that somebody else's rules find in a finished archive. What it says stays unsaid. */
export interface Finding {
  readonly path: string;
  readonly rule: string;
}

const CONFIG = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };
// it keeps an entry for each rule and each text that was ever looked at
secretLintProfiler.setEnabled(false);

const PIECE = 256 * 1024;
/** Pieces overlap so that no secret is cut apart between two. */
const OVERLAP = 16 * 1024;
const UNPACKED = 128 * 1024;
const MOST_FINDINGS = 20;
const DIRECTIVE = /secretlint-(?:dis|en)able/g;

/**
 * Looks through a finished archive with rules that know nothing of those that took the secrets out. What stands in the place of a secret
 * is none: a connection string that has lost its password is still one to these rules. Memory stays bounded.
 * @param archive of which each file is in one folder; a piece of it is valid until the next
 */
export async function scanArchive(archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const gunzip = createGunzip({ chunkSize: UNPACKED });
  const tar = extract();
  const unpacking = pipeline(gunzip, tar, { signal });
  const looking = (async () => {
    const room = Buffer.allocUnsafeSlow(PIECE + OVERLAP);
    for await (const entry of tar) {
      const path = belowFolder(entry.header.name);
      for await (const text of pieces(entry, room)) {
        if (findings.length < MOST_FINDINGS) findings.push(...(await findingsIn(withoutTokens(text), path)));
      }
    }
  })();
  await Promise.all([feed(archive, gunzip), unpacking, looking]);
  return [...new Map(findings.map((finding) => [`${finding.path} ${finding.rule}`, finding])).values()];
}

/** One piece after the other, so that they may share their memory. An unpacker that fails says so itself. */
async function feed(archive: AsyncIterable<Uint8Array>, gunzip: Gunzip): Promise<void> {
  try {
    for await (const piece of archive) {
      if (gunzip.destroyed) return;
      await new Promise<void>((taken) => gunzip.write(piece, () => taken()));
    }
    gunzip.end();
  } catch (error) {
    gunzip.destroy();
    throw error;
  }
}

/** @param room in which a piece is put together, with the end of the one before */
async function* pieces(chunks: AsyncIterable<unknown>, room: Buffer): AsyncGenerator<string> {
  let length = 0;
  let seen = 0;
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) throw new Error('an archive gave something that is no bytes');
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.subarray(at, at + room.length - length);
      room.set(taken, length);
      length += taken.length;
      at += taken.length;
      if (length < room.length) continue;
      yield room.toString('latin1', 0, length);
      room.copyWithin(0, length - OVERLAP, length);
      length = seen = OVERLAP;
    }
  }
  if (length > seen) yield room.toString('latin1', 0, length);
}

/** Nor may a log switch the rules off with a comment that they would obey. */
const withoutTokens = (text: string) => text.replaceAll(TOKEN, ' ').replaceAll(DIRECTIVE, ' ');

async function findingsIn(content: string, path: string): Promise<Finding[]> {
  const { messages } = await lintSource({
    source: { content, filePath: path, ext: '.txt', contentType: 'text' },
    options: { config: CONFIG },
  });
  return messages.map(({ ruleId }) => ({ path, rule: ruleId }));
}
