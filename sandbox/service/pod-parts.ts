import { Agent } from 'node:http';
import type { BuildTraits } from './builds.ts';
import type { ClusterNames } from './cluster-names.ts';
import { ContainerCpu } from './container-cpu.ts';
import { openDatabase, type ServiceDatabase } from './database.ts';
import { DeploymentTracker } from './deployment-tracker.ts';
import type { PodEnvironment } from './pod-environment.ts';
import { PodLog } from './pod-log.ts';
import type { PodModel } from './pod-model.ts';
import { SigningKey } from './signing-key.ts';
import { Tokens } from './tokens.ts';

/** What the machine under a pod denies it, at the time of asking. */
export interface Machine {
  /** Other machines' services over HTTP cannot be reached from here. */
  readonly isolated: boolean;
  /** What its resolver knows. */
  readonly names: ClusterNames;
}

/** What the parts of one hotswap-api process share. */
export interface PodParts {
  readonly podName: string;
  readonly model: PodModel;
  readonly environment: PodEnvironment;
  /** What the program does differently from a good build. */
  readonly build: BuildTraits;
  readonly machine: Machine;
  readonly cpu: ContainerCpu;
  readonly database: ServiceDatabase;
  /** Connections to other services over HTTP. */
  readonly agent: Agent;
  readonly log: PodLog;
  /** Deployments that this process runs itself. */
  readonly deployments: DeploymentTracker;
  /** Undefined: the key stands in the configuration. */
  readonly signingKey: SigningKey | undefined;
  readonly tokens: Tokens;
}

type Given = Pick<PodParts, 'podName' | 'model' | 'environment' | 'build' | 'machine'>;

export function openParts({ podName, model, environment, build, machine }: Given): PodParts {
  const log = new PodLog();
  const lost = (error: Error): void => log.write('WRN', 'Npgsql.Connection', `A connection to the server was lost: ${error.message}`);
  const signingKey = environment.vault === undefined ? undefined : new SigningKey(environment.vault, log);
  return {
    podName,
    model,
    environment,
    build,
    machine,
    cpu: new ContainerCpu(model.cpu),
    database: openDatabase(environment.connection, machine.names, lost),
    agent: new Agent({ keepAlive: true, maxSockets: 64 }),
    log,
    deployments: new DeploymentTracker(),
    signingKey,
    tokens: new Tokens(() => signingKey?.value),
  };
}
