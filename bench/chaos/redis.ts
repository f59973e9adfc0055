import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort } from '../../sandbox/free-port.ts';

export interface RedisServer {
  readonly url: string;
  /** Ends it as a power cut would. It keeps nothing on disk, so every job is gone when it is back. */
  end(): Promise<void>;
  /** Starts it again, on the same port. */
  begin(): Promise<void>;
  stop(): Promise<void>;
}

const START_WITHIN_MS = 10_000;

/** Starts a redis-server on loopback. Throws where there is none on this machine. */
export async function startRedis(): Promise<RedisServer> {
  const port = await freePort();
  let child = await launch(port);
  return {
    url: `redis://127.0.0.1:${port}`,
    end: () => kill(child),
    async begin() {
      child = await launch(port);
    },
    stop: () => kill(child),
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const child = spawn(
    'redis-server',
    ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--loglevel', 'warning'],
    {
      stdio: 'ignore',
    },
  );
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (error) => reject(new Error(`redis-server cannot be started: ${error.message}`)));
  });
  await Promise.race([untilListening(port), failed]);
  return child;
}

async function untilListening(port: number): Promise<void> {
  const until = Date.now() + START_WITHIN_MS;
  while (!(await listens(port))) {
    if (Date.now() > until) throw new Error('redis-server did not start');
    await delay(50);
  }
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
    socket.once('close', () => socket.destroy());
    socket.once('connect', () => socket.end());
  });
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}
