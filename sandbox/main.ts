import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { loadIncidents } from './incident-registry.ts';
import { type Options, readOptions, UsageError, usage } from './options.ts';
import { showProgress } from './progress.ts';
import { type Sandbox, startSandbox } from './sandbox.ts';

/** `npm run sandbox`: a workspace, a service that can be broken for real, and the bot, all on loopback. */
async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(usage);
    return;
  }
  await checkIncident(options.incident);
  const seed = options.seed ?? randomInt(1, 1_000_000);
  const stop = stopSignal();
  const progress = showProgress((text) => process.stderr.write(text), stop);
  progress.say(`Hotswap sandbox, seed ${seed}. Starting:`);
  const sandbox = await startSandbox(options, seed, progress).catch((error: unknown) => {
    if (stop.aborted) return undefined;
    throw error;
  });
  if (sandbox === undefined) return;
  try {
    await announce(sandbox, options, seed);
    if (!stop.aborted) await once(stop, 'abort');
    progress.say('\nStopping …');
  } finally {
    await sandbox.close();
  }
}

async function checkIncident(id: string | undefined): Promise<void> {
  const known = await loadIncidents();
  if (id !== undefined && !known.has(id))
    throw new UsageError(`--incident: there is no "${id}"; there are: ${[...known.keys()].join(', ')}`);
}

async function announce(sandbox: Sandbox, options: Options, seed: number): Promise<void> {
  if (options.incident !== undefined) await sandbox.world.incidents.start(options.incident);
  if (options['json-ready']) process.stdout.write(`${JSON.stringify(addresses(sandbox, seed))}\n`);
  process.stderr.write(`
  Open ${sandbox.pageUrl}
  and type  /hotswap diagnose  in #hotswap-support.
  The panel "World" breaks something, and starts and stops incidents. Logs are in ${sandbox.stateFolder}. Ctrl-C stops everything.
`);
}

/** What tests and scripts need to find the way around; for this machine and this run only. */
function addresses(sandbox: Sandbox, seed: number): object {
  const { outside, world, terminalEnvironment } = sandbox;
  return {
    seed,
    pageUrl: sandbox.pageUrl,
    worldUrl: `${sandbox.pageUrl}world`,
    prometheusUrl: world.prometheusUrl,
    stateFolder: sandbox.stateFolder,
    configurationFile: outside.configurationFile,
    kubeconfig: outside.kubeconfig,
    storeUrl: outside.storeUrl,
    production: { database: world.databases.production, apiUrl: world.production.url, hubUrl: world.production.hubUrl },
    staging: { database: world.databases.staging, apiUrl: world.staging.url, hubUrl: world.staging.hubUrl },
    terminalEnvironment,
  };
}

const IMPATIENT_AFTER_MS = 2_000;

/**
 * Aborted by the first signal to stop, and when a program that started the sandbox with an IPC channel has ended. One that comes later ends the process at once; npm and the terminal both pass
 * Ctrl-C on, so that the same wish may arrive twice.
 */
function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let firstAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!stop.signal.aborted) firstAt = performance.now();
      else if (performance.now() - firstAt > IMPATIENT_AFTER_MS) process.exit(130);
      stop.abort();
    });
  }
  process.once('disconnect', () => stop.abort());
  // Who read what is said may have ended as well; that must not keep anything from being stopped.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
  return stop.signal;
}

main().then(
  () => process.exit(process.exitCode ?? 0),
  (error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(error instanceof UsageError ? `${message}\n\n${usage}` : `\nThe sandbox could not start: ${message}\n`);
    process.exit(error instanceof UsageError ? 64 : 1);
  },
);
