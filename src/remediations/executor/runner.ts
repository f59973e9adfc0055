import type { KubernetesWriter } from '../../clients/kubernetes-write.ts';
import type { IndexWriter } from '../../clients/postgres-index-write.ts';
import type { RowWriter } from '../../clients/postgres-rows-write.ts';
import type { StatisticsWriter } from '../../clients/postgres-statistics-write.ts';
import type { SessionWriter } from '../../clients/postgres-write.ts';
import type { VaultWriter } from '../../clients/vault-write.ts';
import { containerEnvVerb } from './k8s.container_env.ts';
import { containerMemoryVerb } from './k8s.container_memory.ts';
import { evictPodVerb } from './k8s.evict_pod.ts';
import { hpaBoundsVerb } from './k8s.hpa_bounds.ts';
import { poolSizeVerb } from './k8s.pool_size.ts';
import { restartVerb } from './k8s.restart.ts';
import { rollbackVerb } from './k8s.rollback.ts';
import { scaleVerb } from './k8s.scale.ts';
import { createServiceMonitorVerb, deleteServiceMonitorVerb } from './k8s.servicemonitor.ts';
import { analyzeVerb } from './pg.analyze.ts';
import { expireApprovalsVerb } from './pg.approvals_expire.ts';
import { cancelVerb } from './pg.cancel.ts';
import { createIndexVerb } from './pg.create_index.ts';
import { dropIndexVerb } from './pg.drop_index.ts';
import { dropInvalidIndexVerb } from './pg.drop_invalid_index.ts';
import { jobFailVerb, jobRequeueVerb } from './pg.job.ts';
import { jobRestoreVerb } from './pg.job_restore.ts';
import { terminateVerb } from './pg.terminate.ts';
import type { Step, StepOf, Verb } from './steps.ts';
import { createSecretVerb } from './vault.create_secret.ts';
import { deleteVersionVerb } from './vault.delete_version.ts';
import { undeleteVerb } from './vault.undelete.ts';
import type { VerbRunner } from './verb.ts';

/** The write ports of one target. One that is not configured is left out: its verbs then do not exist there. */
export interface WritePorts {
  readonly kubernetes: KubernetesWriter;
  readonly sessions: SessionWriter | undefined;
  readonly indexes: IndexWriter | undefined;
  readonly vault: VaultWriter | undefined;
  readonly rows: RowWriter | undefined;
  readonly statistics: StatisticsWriter | undefined;
}

type Verbs = { readonly [V in Verb]: (ports: WritePorts) => VerbRunner<StepOf<V>> };

const VERBS: Verbs = {
  'k8s.scale': (ports) => scaleVerb(ports.kubernetes),
  'k8s.hpa_bounds': (ports) => hpaBoundsVerb(ports.kubernetes),
  'k8s.restart': (ports) => restartVerb(ports.kubernetes),
  'k8s.container_memory': (ports) => containerMemoryVerb(ports.kubernetes),
  'k8s.container_env': (ports) => containerEnvVerb(ports.kubernetes),
  'k8s.pool_size': (ports) => poolSizeVerb(ports.kubernetes),
  'k8s.evict_pod': (ports) => evictPodVerb(ports.kubernetes),
  'k8s.create_servicemonitor': (ports) => createServiceMonitorVerb(ports.kubernetes),
  'k8s.delete_servicemonitor': (ports) => deleteServiceMonitorVerb(ports.kubernetes),
  'k8s.rollback': (ports) => rollbackVerb(ports.kubernetes),
  'pg.terminate': (ports) => terminateVerb(required(ports.sessions, 'fixUrlFrom')),
  'pg.cancel': (ports) => cancelVerb(required(ports.sessions, 'fixUrlFrom')),
  'pg.create_index': (ports) => createIndexVerb(required(ports.indexes, 'ownerUrlFrom')),
  'pg.drop_index': (ports) => dropIndexVerb(required(ports.indexes, 'ownerUrlFrom')),
  'vault.undelete': (ports) => undeleteVerb(required(ports.vault, 'vault.fixTokenFrom')),
  'vault.delete_version': (ports) => deleteVersionVerb(required(ports.vault, 'vault.fixTokenFrom')),
  'vault.create_secret': (ports) => createSecretVerb(required(ports.vault, 'vault.fixTokenFrom')),
  'pg.drop_invalid_index': (ports) => dropInvalidIndexVerb(required(ports.indexes, 'ownerUrlFrom')),
  'pg.analyze': (ports) => analyzeVerb(required(ports.statistics, 'ownerUrlFrom')),
  'pg.job_fail': (ports) => jobFailVerb(required(ports.rows, 'fixUrlFrom').jobs),
  'pg.job_requeue': (ports) => jobRequeueVerb(required(ports.rows, 'fixUrlFrom').jobs),
  'pg.job_restore': (ports) => jobRestoreVerb(required(ports.rows, 'fixUrlFrom').jobs),
  'pg.approvals_expire': (ports) => expireApprovalsVerb(required(ports.rows, 'fixUrlFrom').approvals),
};

/** A step asks for a verb that its remediation did not declare, or that is not configured for the target. */
export class VerbRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'VerbRefusedError';
  }
}

/**
 * The runner of a step. Only the verbs that the remediation declares exist for it.
 * @throws VerbRefusedError for any other.
 */
export function runnerOf(step: Step, declared: readonly Verb[], ports: WritePorts): VerbRunner<Step> {
  if (!declared.includes(step.verb)) throw new VerbRefusedError(`The remediation does not declare the verb ${step.verb}.`);
  return build(step.verb, ports);
}

function build<V extends Verb>(verb: V, ports: WritePorts): VerbRunner<Step> {
  const runner = VERBS[verb](ports);
  const { reverse } = runner;
  return {
    preview: (step) => runner.preview(narrow(step, verb)),
    mark: (now) => runner.mark(now),
    perform: (step, mark, context) => runner.perform(narrow(step, verb), mark, context),
    settle: (step, mark, context) => runner.settle(narrow(step, verb), mark, context),
    follow: (step, context) => runner.follow(narrow(step, verb), context),
    ...(reverse === undefined ? {} : { reverse: (step: Step) => reverse(narrow(step, verb)) }),
  };
}

function narrow<V extends Verb>(step: Step, verb: V): StepOf<V> {
  if (!isOf(step, verb)) throw new VerbRefusedError(`A step of the verb ${step.verb} was given to the runner of ${verb}.`);
  return step;
}

function isOf<V extends Verb>(step: Step, verb: V): step is StepOf<V> {
  return step.verb === verb;
}

function required<Port>(port: Port | undefined, field: string): Port {
  if (port === undefined) throw new VerbRefusedError(`The target has no ${field} in config/hotswap.yaml, so this cannot be done there.`);
  return port;
}
