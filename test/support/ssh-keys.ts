import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** A key pair of OpenSSH: the file of its private half, and its public line. */
export function makeKey(type = 'ed25519'): { readonly file: string; readonly line: string } {
  const folder = mkdtempSync(join(tmpdir(), 'hotswap-key-'));
  folders.push(folder);
  const file = join(folder, 'key');
  const { status, stderr } = spawnSync('ssh-keygen', ['-q', '-t', type, '-N', '', '-C', 'somebody@example', '-f', file]);
  if (status !== 0) throw new Error(`ssh-keygen: ${stderr.toString()}`);
  return { file, line: readFileSync(`${file}.pub`, 'utf8').trim() };
}
