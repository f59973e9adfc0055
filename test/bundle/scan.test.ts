import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { scanArchive } from '../../src/bundle/scan.ts';

function archive(files: Readonly<Record<string, string>>): AsyncIterable<Uint8Array> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name: `bundle/${name}` }, content);
  tar.finalize();
  return tar.pipe(createGzip());
}

const SLACK = ['xoxb', '123456789012', '1234567890123', 'abcdefghijklmnopqrstuvwx'].join('-');
const LINE = 'An ordinary line of a log.\n';
const scan = (files: Readonly<Record<string, string>>) => scanArchive(archive(files), new AbortController().signal);

describe('the second look at a finished archive', () => {
  it('finds what the first one would have missed, wherever in a long file', async () => {
    const borders = [256, 272, 512, 528, 1_024, 1_040].map((kilobytes) => kilobytes * 1_024 - 20);
    const long = borders.map((border) => [`${border}.log`, `${'\n'.repeat(border)}${SLACK}\n${LINE.repeat(1_000)}`] as const);
    expect(await scan({ ...Object.fromEntries(long), 'b.json': '{"fine":true}', 'c.txt': SLACK })).toEqual(
      [...long.map(([path]) => path), 'c.txt'].map((path) => ({ path, rule: expect.stringContaining('slack') })),
    );
  });

  it('takes nothing for a secret that stands in the place of one, and still sees what stands beside it', async () => {
    const token = '[redacted-url-password-0a1b2c3d]';
    expect(await scan({ 'a.log': `postgres://hotswap:${token}@postgres:5432/hotswap\nhttps://u:${token}@10.0.0.5/x\n` })).toEqual([]);
    expect(await scan({ 'a.log': `postgres://${token}:pepper@postgres/hotswap of ${token}\n${SLACK}${token}` })).toEqual([
      { path: 'a.log', rule: expect.stringContaining('slack') },
    ]);
  });

  it('is not switched off by what stands in a log', async () => {
    expect(await scan({ 'a.log': `/* secretlint-disable */\n${SLACK}\n` })).toHaveLength(1);
  });

  it('finds nothing where nothing is', async () => {
    expect(await scan({ 'a.log': LINE.repeat(10), 'b.txt': 'password=[redacted-secret-0a1b2c3d]' })).toEqual([]);
  });
});
