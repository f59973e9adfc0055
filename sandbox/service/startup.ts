import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerExit } from '../kubernetes/runtime.ts';
import { askRegistry } from './node-registry.ts';
import type { PodParts } from './pod-parts.ts';
import { ServiceError } from './service-error.ts';

const PROGRAM = 'HotSwap.Distributed.Api.Program';
/** .NET aborts on an exception that nothing handles. */
const ABORTED: ContainerExit = { exitCode: 134, reason: 'Error' };
const SEGMENTATION_FAULT: ContainerExit = { exitCode: 139, reason: 'Error' };
/** Reading every version of every module takes about this long. */
const PRELOAD_ALL_MS = 75_000;
/** Folders of the container that can be written; its root file system cannot. */
const WRITABLE = /^\/(?:keys|tmp)(?:\/|$)/;

const MAIN = 'Program.<Main>$(String[] args) in /src/HotSwap.Distributed.Api/Program.cs';

/**
 * What a .NET process does before it listens. Undefined: all went well; else how the process ended.
 * @param durationMs how long it takes by itself; 0: the process has been there for long, and others are not asked again
 */
export async function startUp(parts: PodParts, durationMs: number, signal: AbortSignal): Promise<ContainerExit | undefined> {
  const { log, environment, build } = parts;
  const version = build.version === undefined ? '' : ` ${build.version}`;
  log.write('INF', PROGRAM, `Starting Distributed Kernel Orchestration API${version}`);
  await pause(durationMs, signal);
  // The profiler that the image brings was built for another C library than the image's.
  if (environment.profiled) return SEGMENTATION_FAULT;
  const failure = configurationProblem(parts) ?? (await dependencyProblem(parts, durationMs === 0));
  if (failure !== undefined) {
    log.unhandled(failure);
    return ABORTED;
  }
  log.write('INF', PROGRAM, 'Orchestrator clusters initialized successfully');
  log.write('INF', 'HotSwap.Distributed.Infrastructure.Modules.ModuleCache', `Preloading modules: ${environment.preload}`);
  if (environment.preload === 'all') await pause(PRELOAD_ALL_MS, signal);
  return undefined;
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds > 0) await delay(milliseconds, undefined, { signal }).catch(() => {});
}

function configurationProblem({ environment }: PodParts): ServiceError | undefined {
  const { urls, keyPath } = environment;
  if (!WRITABLE.test(keyPath)) {
    const frame = 'System.IO.FileSystem.CreateDirectory(String fullPath, UnixFileMode unixCreateMode)';
    return problem(`System.IO.IOException: Read-only file system : '${keyPath}'`, [frame, `${MAIN}:line 118`]);
  }
  if (!urls.aspnet.includes('https:')) return undefined;
  const text =
    'Unable to configure HTTPS endpoint. No server certificate was specified, and the default developer certificate could not be found or is out of date.';
  const frame =
    'Microsoft.AspNetCore.Hosting.ListenOptionsHttpsExtensions.UseHttps(ListenOptions listenOptions, Action`1 configureOptions)';
  return problem(`System.InvalidOperationException: ${text}`, [frame, `${MAIN}:line 402`]);
}

function problem(exception: string, frames: readonly string[]): ServiceError {
  return new ServiceError(500, [exception], frames);
}

/** The schema is compared with the program's, and the clusters are read from the registry, before anybody is served. */
async function dependencyProblem(
  { database, environment, agent, signingKey }: PodParts,
  known: boolean,
): Promise<ServiceError | undefined> {
  try {
    await signingKey?.load();
    if (known) return undefined;
    await database.query('SELECT current_setting($1)', ['server_version']);
    await askRegistry(environment.registryUrl, environment.name, agent, environment.registryTimeoutMs);
    return undefined;
  } catch (error) {
    return error instanceof ServiceError ? error : new ServiceError(500, [`System.Exception: ${String(error)}`], [MAIN]);
  }
}
