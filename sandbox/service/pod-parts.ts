import { Agent } from 'node:http';
import { ContainerCpu } from './container-cpu.ts';
import { openDatabase, type ServiceDatabase } from './database.ts';
import type { PodEnvironment } from './pod-environment.ts';
import { PodLog } from './pod-log.ts';
import type { PodModel } from './pod-model.ts';

/** What the parts of one hotswap-api process share. */
export interface PodParts {
  readonly model: PodModel;
  readonly environment: PodEnvironment;
  readonly cpu: ContainerCpu;
  readonly database: ServiceDatabase;
  /** Connections to other services over HTTP. */
  readonly agent: Agent;
  readonly log: PodLog;
}

export function openParts(model: PodModel, environment: PodEnvironment): PodParts {
  const log = new PodLog();
  const lost = (error: Error): void => log.write('WRN', 'Npgsql.Connection', `A connection to the server was lost: ${error.message}`);
  return {
    model,
    environment,
    cpu: new ContainerCpu(model.cpu),
    database: openDatabase(environment.connection, lost),
    agent: new Agent({ keepAlive: true, maxSockets: 64 }),
    log,
  };
}
