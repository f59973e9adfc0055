import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-killed-'));
});
afterEach(() => rm(folder, { recursive: true }));

const SPOOL = new URL('../../src/bundle/spool.ts', import.meta.url).href;
/** More than is kept in memory, so that there is a file. */
const SCRIPT = `
  const { Spool } = await import(${JSON.stringify(SPOOL)});
  const { readdirSync, readlinkSync } = await import('node:fs');
  const spool = new Spool(process.argv[1]);
  await spool.write(Buffer.alloc(2_000_000, 'secret'));
  const open = readdirSync('/proc/self/fd').filter((fd) => { try { return readlinkSync('/proc/self/fd/' + fd).startsWith(process.argv[1]); } catch { return false; } });
  process.stdout.write(String(open.length));
  setInterval(() => {}, 1_000);
`;

it.runIf(process.platform === 'linux')('leaves nothing on the disk when its process is killed while a file is being written', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SCRIPT, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const [open] = await once(child.stdout, 'data');
  expect(String(open)).toBe('1');
  child.kill('SIGKILL');
  await ended;
  expect(await readdir(folder)).toEqual([]);
});
