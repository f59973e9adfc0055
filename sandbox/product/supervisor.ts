import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** One of the product's processes, as the Procfile names it. */
export interface ProcessDefinition {
  readonly name: string;
  /** The file that Node runs, from the project's folder. */
  readonly entry: string;
  readonly environment: Readonly<Record<string, string>>;
}

export interface ProcessStatus {
  readonly name: string;
  readonly pid: number | undefined;
  readonly running: boolean;
  readonly restarts: number;
  readonly lastExit: string | undefined;
}

export interface Supervisor {
  status(): readonly ProcessStatus[];
  /** Kills a process at once (SIGKILL), as a machine that fails; it is started again. False: no such process runs. */
  kill(name: string): boolean;
  /** Asks every process to stop, and stops those that do not within five seconds. */
  stop(): Promise<void>;
}

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 5_000;
const STABLE_AFTER_MS = 10_000;
const STOP_WITHIN_MS = 5_000;
const TAIL_LINES = 12;

/** What a process gets of this one's environment: no secret of the machine's owner. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'SystemRoot', 'LANG', 'NODE_OPTIONS', 'NO_COLOR'];

/** Runs a process to its end; rejects with what it said last where it fails. */
export async function runOnce(definition: ProcessDefinition, logFile: string): Promise<void> {
  const managed = new ManagedProcess(definition, logFile, () => {});
  const exit = await managed.run();
  if (exit !== 'exit code 0') throw new Error(`${definition.name}: ${exit}\n${managed.tail()}`);
}

/** Keeps the processes running; output goes to a file each, failures are reported with the last lines of it. */
export function supervise(
  definitions: readonly ProcessDefinition[],
  logFile: (name: string) => string,
  report: (text: string) => void,
): Supervisor {
  const processes = definitions.map((definition) => new ManagedProcess(definition, logFile(definition.name), report));
  for (const managed of processes) void managed.keepRunning();
  return {
    status: () => processes.map((managed) => managed.status()),
    kill: (name) => processes.find((managed) => managed.name === name)?.kill() ?? false,
    stop: async () => {
      await Promise.all(processes.map((managed) => managed.stop()));
    },
  };
}

class ManagedProcess {
  readonly name: string;
  readonly #definition: ProcessDefinition;
  readonly #log: ReturnType<typeof createWriteStream>;
  readonly #report: (text: string) => void;
  readonly #stopped = new AbortController();
  #child: ChildProcess | undefined;
  #lines: string[] = [];
  #restarts = 0;
  #lastExit: string | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(definition: ProcessDefinition, logFile: string, report: (text: string) => void) {
    this.name = definition.name;
    this.#definition = definition;
    this.#log = createWriteStream(logFile, { flags: 'a' });
    this.#report = report;
  }

  /** Resolves with how it ended. */
  run(): Promise<string> {
    const inherited = Object.fromEntries(INHERITED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])));
    const child = spawn(process.execPath, [this.#definition.entry], {
      cwd: PROJECT,
      env: { ...inherited, ...this.#definition.environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    child.stdout.on('data', (chunk: Buffer) => this.#keep(chunk));
    child.stderr.on('data', (chunk: Buffer) => this.#keep(chunk));
    return new Promise((resolve) => {
      child.once('error', (error) => resolve(error.message));
      child.once('close', (code, signal) => {
        this.#child = undefined;
        resolve(signal === null ? `exit code ${code}` : `killed by ${signal}`);
      });
    });
  }

  async keepRunning(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    let backoffMs = FIRST_BACKOFF_MS;
    while (!this.#stopped.signal.aborted) {
      const began = Date.now();
      this.#lastExit = await this.run();
      if (this.#stopped.signal.aborted) break;
      backoffMs = Date.now() - began > STABLE_AFTER_MS ? FIRST_BACKOFF_MS : Math.min(2 * backoffMs, LONGEST_BACKOFF_MS);
      await delay(backoffMs, undefined, { signal: this.#stopped.signal }).catch(() => {});
      if (this.#stopped.signal.aborted) break;
      this.#report(`  ! ${this.name} ended (${this.#lastExit}), starting it again\n${this.tail()}`);
      this.#restarts++;
    }
    this.#log.end();
    resolve();
  }

  status(): ProcessStatus {
    const pid = this.#child?.pid;
    return { name: this.name, pid, running: pid !== undefined, restarts: this.#restarts, lastExit: this.#lastExit };
  }

  kill(): boolean {
    return this.#child?.kill('SIGKILL') ?? false;
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    this.#child?.kill('SIGTERM');
    const timer = setTimeout(() => this.#child?.kill('SIGKILL'), STOP_WITHIN_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  tail(): string {
    return this.#lines.map((line) => `    ${this.name} | ${line}`).join('\n');
  }

  #keep(chunk: Buffer): void {
    this.#log.write(chunk);
    const lines = chunk
      .toString('utf8')
      .split('\n')
      .filter((line) => line !== '');
    this.#lines = [...this.#lines, ...lines].slice(-TAIL_LINES);
  }
}
