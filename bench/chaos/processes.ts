import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { COMPILE_CACHE, PROJECT } from '../accuracy/sandbox-process.ts';

type Environment = Readonly<Record<string, string>>;

/** A process of the product that is started again whenever it ends, until it is stopped. */
export interface ProductProcess {
  readonly name: string;
  /** Resolves when it says for the first time that it is ready. */
  ready(): Promise<void>;
  /** It has said that it is ready, and runs. */
  readonly isReady: boolean;
  /** SIGKILL. False: none runs right now. */
  kill(): boolean;
  /** SIGSTOP, and SIGCONT after `ms`: it thinks that no time has passed. */
  pause(ms: number): Promise<void>;
  readonly starts: number;
  /** Asks it to end in good order; resolves when the next one is ready. */
  endOnce(): Promise<void>;
  stop(): Promise<void>;
}

const RESTART_MS = 300;
const STOP_WITHIN_MS = 8_000;

/** Starts a process of the product under a name; what it says goes into a file of that name. */
export function keepRunning(name: string, entry: string, environment: Environment, logFolder: string): ProductProcess {
  const log = createWriteStream(join(logFolder, `${name}.log`), { flags: 'a' });
  const ending = new AbortController();
  let child: ChildProcess | undefined;
  let starts = 0;
  let isReady = false;
  let readiness = Promise.withResolvers<void>();
  const run = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      child = launch(entry, environment);
      starts += 1;
      for (const output of [child.stdout, child.stderr])
        output?.on('data', (chunk: Buffer) => {
          log.write(chunk);
          if (!chunk.includes('"msg":"ready"')) return;
          isReady = true;
          readiness.resolve();
        });
      await once(child, 'exit');
      isReady = false;
      await delay(RESTART_MS, undefined, { signal: ending.signal }).catch(() => {});
    }
    log.end();
  };
  const running = run();
  const alive = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  return {
    name,
    ready: () => readiness.promise,
    kill: () => alive() && child?.kill('SIGKILL') === true,
    async pause(ms) {
      const paused = child;
      if (!alive() || paused?.kill('SIGSTOP') !== true) return;
      await delay(ms, undefined, { signal: ending.signal }).catch(() => {});
      paused.kill('SIGCONT');
    },
    async endOnce() {
      readiness = Promise.withResolvers();
      child?.kill('SIGTERM');
      await readiness.promise;
    },
    get isReady() {
      return isReady;
    },
    get starts() {
      return starts;
    },
    async stop() {
      ending.abort();
      child?.kill('SIGCONT');
      child?.kill('SIGTERM');
      const hurry = setTimeout(() => child?.kill('SIGKILL'), STOP_WITHIN_MS);
      await running;
      clearTimeout(hurry);
    },
  };
}

/** Runs a process of the product to its end; throws with what it said where it fails. */
export async function runOnce(entry: string, environment: Environment): Promise<void> {
  const child = launch(entry, environment);
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  await once(child, 'exit');
  if (child.exitCode !== 0) throw new Error(`${entry} failed\n${said.slice(-4_000)}`);
}

function launch(entry: string, environment: Environment): ChildProcess {
  return spawn(process.execPath, [entry], {
    cwd: PROJECT,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_COMPILE_CACHE: COMPILE_CACHE, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
