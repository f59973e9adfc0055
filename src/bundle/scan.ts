import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { lintSource } from '@secretlint/core';
import { creator } from '@secretlint/secretlint-rule-preset-recommend';
import { extract } from 'tar-stream';
import { TOKEN } from '../redaction/tokens.ts';

/** A secret that somebody else's rules find in a finished archive. What it says stays unsaid. */
export interface Finding {
  readonly path: string;
  readonly rule: string;
}

const CONFIG = { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule: creator }] };
const PIECE = 1024 * 1024;
/** Pieces overlap so that no secret is cut apart between two. */
const OVERLAP = 16 * 1024;
const MOST_FINDINGS = 20;

/**
 * Looks through a finished archive with rules that know nothing of those that took the secrets out. What stands in the place of a secret
 * is none: a connection string that has lost its password is still one to these rules. Memory stays bounded.
 */
export async function scanArchive(archive: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const tar = extract();
  const unpacking = pipeline(Readable.from(archive), createGunzip(), tar, { signal });
  const looking = (async () => {
    for await (const entry of tar) {
      const path = entry.header.name;
      for await (const text of pieces(entry)) {
        if (findings.length < MOST_FINDINGS) findings.push(...(await findingsIn(text.replaceAll(TOKEN, ' '), path)));
      }
    }
  })();
  await Promise.all([unpacking, looking]);
  return [...new Map(findings.map((finding) => [`${finding.path} ${finding.rule}`, finding])).values()];
}

async function* pieces(chunks: AsyncIterable<unknown>): AsyncGenerator<string> {
  let pending = '';
  let fresh = 0;
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) throw new Error('an archive gave something that is no bytes');
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    pending += text;
    fresh += text.length;
    if (fresh < PIECE) continue;
    yield pending;
    pending = pending.slice(-OVERLAP);
    fresh = 0;
  }
  if (fresh > 0) yield pending;
}

async function findingsIn(content: string, path: string): Promise<Finding[]> {
  const { messages } = await lintSource({
    source: { content, filePath: path, ext: '.txt', contentType: 'text' },
    options: { config: CONFIG },
  });
  return messages.map(({ ruleId }) => ({ path, rule: ruleId }));
}
