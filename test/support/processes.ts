import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { stringify } from 'yaml';
import type { Settings } from '../../src/config/settings.ts';
import { testSettings } from './settings.ts';

/** A process of the product, started as the Procfile does. */
export interface ProductProcess {
  readonly child: ChildProcess;
  /** What it wrote so far, to be shown when a test fails. */
  output(): string;
  /** Resolves when it has written a line that contains `text`; rejects with its output where it ends first. */
  waitFor(text: string): Promise<void>;
  /** Sends a signal and resolves to the exit code, or to the signal's name where it ended the process. */
  stop(signal?: NodeJS.Signals): Promise<number | string>;
  /** Resolves likewise when it ends by itself, and all that it wrote has been read. */
  readonly ended: Promise<number | string>;
}

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

interface ProcessLimits {
  /** No file that it writes may become longer, as on a disk that is full. In blocks of 512 bytes, of which shells make 1,024 here and there. */
  readonly fileBlocks?: number;
}

/** Starts a script with this environment and nothing else of ours. */
export function startProcess(
  script: string,
  environment: Readonly<Record<string, string>>,
  { fileBlocks }: ProcessLimits = {},
): ProductProcess {
  const command = [process.execPath, script];
  const limited = ['/bin/sh', '-c', 'ulimit -f "$0" && exec "$@"', String(fileBlocks), ...command];
  const [program = '', ...words] = fileBlocks === undefined ? command : limited;
  const child = spawn(program, words, {
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LOG_LEVEL: 'info', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    output += String(chunk);
  });
  const ended = new Promise<number | string>((resolve) => child.once('close', (code, signal) => resolve(code ?? signal ?? 'unknown')));
  const stop = async (signal: NodeJS.Signals = 'SIGTERM') => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  cleanups.push(async () => {
    await stop('SIGKILL');
  });
  return {
    child,
    output: () => output,
    async waitFor(text) {
      const deadline = Date.now() + 60_000;
      while (!output.includes(text)) {
        if (child.exitCode !== null || Date.now() > deadline) throw new Error(`"${text}" was not written by ${script}:\n${output}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop,
    ended,
  };
}

/** A configuration file with the tests' two targets and channels; returns its path. */
export function writeConfiguration(settings: Settings = testSettings()): string {
  const directory = mkdtempSync(join(tmpdir(), 'hotswap-config-'));
  cleanups.push(async () => rmSync(directory, { recursive: true, force: true }));
  const path = join(directory, 'hotswap.yaml');
  writeFileSync(path, stringify(settings));
  return path;
}
