import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { Question } from './diagnose.ts';

/** Compiled modules are kept from one process to the next: starting them is most of what they do. */
export const COMPILE_CACHE = join(tmpdir(), 'hotswap-compile-cache');

export const PROJECT = fileURLToPath(new URL('../..', import.meta.url));

const Ready = z.object({ worldUrl: z.string(), stateFolder: z.string(), terminalEnvironment: z.record(z.string(), z.string()) });
const Incidents = z.array(
  z.object({
    id: z.string(),
    state: z.enum(['idle', 'starting', 'ready', 'stopping']),
    question: z.object({ executionId: z.string().optional(), pod: z.string().optional() }).optional(),
  }),
);

/** A world of its own, without the bot's processes. */
export interface SandboxProcess {
  /** The environment in which the terminal twin finds this world. */
  readonly environment: Readonly<Record<string, string>>;
  /** Resolves when the incident's symptoms can be seen, with what a person would add to the command; rejects after `withinMs`. */
  untilReady(incident: string, withinMs: number): Promise<Question>;
  close(): Promise<void>;
}

const START_WITHIN_MS = 120_000;
const ASK_EVERY_MS = 1_000;

/** Starts a sandbox as a process; rejects with what it said where it does not come up. */
export async function startSandboxProcess(options: readonly string[]): Promise<SandboxProcess> {
  const child = spawn(process.execPath, ['sandbox/main.ts', '--no-bot', '--no-store', '--json-ready', ...options], {
    cwd: PROJECT,
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'], // by the channel it sees that this process has ended, however that came about
  });
  if (child.stdout === null || child.stderr === null) throw new Error('the sandbox has no output');
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString('utf8')}`.slice(-4_000);
  });
  const exited = once(child, 'exit');
  const close = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await exited;
  };
  const lines = createInterface({ input: child.stdout });
  const line = await Promise.race([
    once(lines, 'line').then(([text]) => z.string().parse(text)),
    exited.then(() => undefined),
    delay(START_WITHIN_MS, undefined, { ref: false }),
  ]);
  if (line === undefined) {
    await close();
    throw new Error(`the sandbox did not start\n${said}`);
  }
  const { worldUrl, stateFolder, terminalEnvironment } = Ready.parse(JSON.parse(line));
  // One that was killed could not stop its PostgreSQL, which ends by itself within a minute once its lock file is gone.
  child.once('exit', (_, signal) => {
    if (signal !== null) rmSync(stateFolder, { recursive: true, force: true, maxRetries: 3 });
  });
  return { environment: terminalEnvironment, untilReady: (incident, withinMs) => untilReady(worldUrl, incident, withinMs), close };
}

async function untilReady(worldUrl: string, incident: string, withinMs: number): Promise<Question> {
  const until = Date.now() + withinMs;
  while (Date.now() < until) {
    const response = await fetch(`${worldUrl}/incidents`, { signal: AbortSignal.timeout(10_000) });
    const ready = Incidents.parse(await response.json()).find((one) => one.id === incident && one.state === 'ready');
    if (ready !== undefined) return ready.question ?? {};
    await delay(ASK_EVERY_MS);
  }
  throw new Error(`${incident} showed no symptoms within ${withinMs / 1000} s`);
}
