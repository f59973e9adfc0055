import { z } from 'zod';

/**
 * What the executor can do to the outside: a closed union of verbs, as data. Each step names its target by identity (uid,
 * or pid and start of the backend) and carries the values that must still be there, so that a recycled pid or a changed
 * object cannot be hit. Every field is part of the plan's fingerprint; prose and times are kept elsewhere.
 */

const Moment = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, 'must be a UTC time with microseconds');
const HpaBounds = z.strictObject({ minimum: z.int().min(0), maximum: z.int().min(1) });

const Workload = { namespace: z.string().min(1), name: z.string().min(1), uid: z.string().min(1) };
const Relation = { schema: z.string().min(1), table: z.string().min(1), tableOid: z.string().regex(/^\d+$/) };

/** One container of the Deployment's pod template, by its name. */
const TemplateContainer = { ...Workload, container: z.string().min(1) };
const VariableName = z.string().regex(/^[A-Za-z_]\w*$/, 'must be the name of a variable');
const Quantity = z.string().regex(/^\d+(?:\.\d+)?(?:[kMGTPE]i?|Ki)?$/, 'must be a quantity, such as 768Mi');
const Memory = z.strictObject({ request: Quantity.nullable(), limit: Quantity });
/** A value that may be shown: those of connection strings never may. */
const ShownVariable = z.strictObject({
  name: VariableName.refine((name) => !/^ConnectionStrings?__/i.test(name), 'must not be a connection string'),
  /** Null: it is not there, or is to be removed. */
  from: z.string().max(1_000).nullable(),
  to: z.string().max(1_000).nullable(),
});

const ScaleStep = z.strictObject({ verb: z.literal('k8s.scale'), ...Workload, from: z.int().min(0), to: z.int().min(0) });
const HpaBoundsStep = z.strictObject({ verb: z.literal('k8s.hpa_bounds'), ...Workload, from: HpaBounds, to: HpaBounds });
/** `generation`: of the Deployment when it was planned; any change of its spec since then stops the restart. */
const RestartStep = z.strictObject({ verb: z.literal('k8s.restart'), ...Workload, generation: z.int().min(0) });
const TemplateHash = z.string().regex(/^[0-9a-f]{64}$/, 'must be a hash of a template');
/** Templates are named by their hashes: `before` is that of revision `from`, `template` that of `revision`. */
const RollbackStep = z.strictObject({
  verb: z.literal('k8s.rollback'),
  ...Workload,
  from: z.int().min(1),
  before: TemplateHash,
  revision: z.int().min(1),
  replicaSet: z.string().min(1),
  replicaSetUid: z.string().min(1),
  template: TemplateHash,
});
const EvictStep = z.strictObject({ verb: z.literal('k8s.evict_pod'), ...Workload, deployment: z.string().min(1) });
const Labels = z.record(z.string().min(1), z.string());
/** It has no uid before it is made: its name is what there can be one of. */
const CreateMonitorStep = z.strictObject({
  verb: z.literal('k8s.create_servicemonitor'),
  namespace: z.string().min(1),
  name: z.string().min(1),
  labels: Labels,
  matchLabels: Labels.refine((labels) => Object.keys(labels).length > 0, 'must select by a label at least'),
  port: z.string().min(1),
  path: z.string().startsWith('/'),
});
const DeleteMonitorStep = z.strictObject({ verb: z.literal('k8s.delete_servicemonitor'), ...Workload });
const TerminateStep = z.strictObject({
  verb: z.literal('pg.terminate'),
  pid: z.int().positive(),
  backendStart: Moment,
  roles: z.array(z.string().min(1)).min(1),
  minimumIdleSeconds: z.int().min(1),
});
const CancelStep = z.strictObject({
  verb: z.literal('pg.cancel'),
  pid: z.int().positive(),
  backendStart: Moment,
  /** Of the statement: the session may run another one by now. */
  queryStart: Moment,
  roles: z.array(z.string().min(1)).min(1),
  minimumRunningSeconds: z.int().min(1),
});
const CreateIndexStep = z.strictObject({
  verb: z.literal('pg.create_index'),
  ...Relation,
  columns: z.array(z.string().min(1)).min(1).max(3),
  index: z.string().min(1).max(63),
});
const DropIndexStep = z.strictObject({
  verb: z.literal('pg.drop_index'),
  ...Relation,
  index: z.string().min(1).max(63),
  indexOid: z.string().regex(/^\d+$/),
});
const ContainerMemoryStep = z.strictObject({ verb: z.literal('k8s.container_memory'), ...TemplateContainer, from: Memory, to: Memory });
const ContainerEnvStep = z.strictObject({
  verb: z.literal('k8s.container_env'),
  ...TemplateContainer,
  variables: z.array(ShownVariable).min(1).max(5),
});
/**
 * The pool size within a connection string. `rest`: hash of all that the connection string says besides, which is secret and
 * never leaves the executor. Null: it does not say, so the driver's default holds.
 */
const PoolSizeStep = z.strictObject({
  verb: z.literal('k8s.pool_size'),
  ...TemplateContainer,
  variable: VariableName,
  rest: z.string().regex(/^[0-9a-f]{64}$/),
  from: z.int().min(1).nullable(),
  to: z.int().min(1).nullable(),
});

const Secret = { mount: z.string().min(1), path: z.string().min(1) };
/** A version by its number and by when it was written: a secret that was removed and written anew counts from 1 again. */
const SecretVersion = { ...Secret, version: z.int().positive(), createdAt: z.iso.datetime() };
const UndeleteStep = z.strictObject({ verb: z.literal('vault.undelete'), ...SecretVersion, deletedAt: z.iso.datetime() });
const DeleteVersionStep = z.strictObject({ verb: z.literal('vault.delete_version'), ...SecretVersion });
/** The value is made when it is written, and stands in no step: `field` names it, `bytes` says how many random bytes it has. */
const CreateSecretStep = z.strictObject({
  verb: z.literal('vault.create_secret'),
  ...Secret,
  field: z.string().min(1),
  bytes: z.int().min(32).max(256),
});
const DropInvalidIndexStep = z.strictObject({
  verb: z.literal('pg.drop_invalid_index'),
  ...Relation,
  index: z.string().min(1).max(63),
  indexOid: z.string().regex(/^\d+$/),
});
/** `lastAnalyze`: when it was last done by hand, as the server has it; only where nobody has done it since. */
const AnalyzeStep = z.strictObject({ verb: z.literal('pg.analyze'), ...Relation, lastAnalyze: Moment.nullable() });

const RowVersion = z.string().regex(/^\d+$/, 'must be the xmin of a row');
const RowId = z.string().regex(/^[\w.:-]{1,200}$/);
/** What the changed columns held: since the row's version is pinned, they hold it still. The error text is not among them: it may tell secrets. */
const JobBefore = z.strictObject({
  lockedUntil: z.string().nullable(),
  completedAt: z.string().nullable(),
  nextRetryAt: z.string().nullable(),
  retryCount: z.int().min(0),
});
const JobRow = { ...Relation, id: RowId, rowVersion: RowVersion, before: JobBefore };
const Orphan = { ...JobRow, mostRetries: z.int().min(0), lockGraceSeconds: z.number().min(0), minimumAgeSeconds: z.number().min(0) };
const JobFailStep = z.strictObject({ verb: z.literal('pg.job_fail'), ...Orphan });
const JobRequeueStep = z.strictObject({ verb: z.literal('pg.job_requeue'), ...Orphan });
/** `note`: the line that the change added to the error text, which is taken off again. */
const JobRestoreStep = z.strictObject({ verb: z.literal('pg.job_restore'), ...JobRow, note: z.string().min(1) });
const ExpireApprovalsStep = z.strictObject({
  verb: z.literal('pg.approvals_expire'),
  ...Relation,
  rows: z
    .array(z.strictObject({ executionId: RowId, rowVersion: RowVersion }))
    .min(1)
    .max(50),
  graceSeconds: z.number().min(0),
});

export const Step = z.discriminatedUnion('verb', [
  ScaleStep,
  HpaBoundsStep,
  RestartStep,
  RollbackStep,
  EvictStep,
  CreateMonitorStep,
  DeleteMonitorStep,
  TerminateStep,
  CancelStep,
  CreateIndexStep,
  DropIndexStep,
  ContainerMemoryStep,
  ContainerEnvStep,
  PoolSizeStep,
  UndeleteStep,
  DeleteVersionStep,
  CreateSecretStep,
  DropInvalidIndexStep,
  AnalyzeStep,
  JobFailStep,
  JobRequeueStep,
  JobRestoreStep,
  ExpireApprovalsStep,
]);

export type Step = z.infer<typeof Step>;
export type Verb = Step['verb'];
export type StepOf<V extends Verb> = Extract<Step, { verb: V }>;
