import { createGzip } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { scanArchive } from '../../src/bundle/scan.ts';

function archive(files: Readonly<Record<string, string>>): AsyncIterable<Uint8Array> {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content);
  tar.finalize();
  return tar.pipe(createGzip());
}

const SLACK = ['xoxb', '123456789012', '1234567890123', 'abcdefghijklmnopqrstuvwx'].join('-');
const LINE = 'An ordinary line of a log.\n';
const scan = (files: Readonly<Record<string, string>>) => scanArchive(archive(files), new AbortController().signal);

describe('the second look at a finished archive', () => {
  it('finds what the first one would have missed, wherever in a long file', async () => {
    const border = 1024 * 1024 - 20;
    const long = `${LINE.repeat(border / LINE.length)}${SLACK}\n${LINE.repeat(1_000)}`;
    expect(await scan({ 'a/long.log': long, 'b.json': '{"fine":true}', 'c.txt': SLACK })).toEqual([
      { path: 'a/long.log', rule: expect.stringContaining('slack') },
      { path: 'c.txt', rule: expect.stringContaining('slack') },
    ]);
  });

  it('takes nothing for a secret that stands in the place of one, and still sees what stands beside it', async () => {
    const token = '[redacted-url-password-0a1b2c3d]';
    expect(await scan({ 'a.log': `postgres://hotswap:${token}@postgres:5432/hotswap\nhttps://u:${token}@10.0.0.5/x\n` })).toEqual([]);
    expect(await scan({ 'a.log': `postgres://${token}:pepper@postgres/hotswap of ${token}\n${SLACK}${token}` })).toEqual([
      { path: 'a.log', rule: expect.stringContaining('slack') },
    ]);
  });

  it('finds nothing where nothing is', async () => {
    expect(await scan({ 'a.log': LINE.repeat(10), 'b.txt': 'password=[redacted-secret-0a1b2c3d]' })).toEqual([]);
  });
});
