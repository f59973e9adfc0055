import { findTarget, type NamedTarget } from '../../../src/config/settings.ts';
import type { Autoscaler } from '../../../src/diagnostics/evidence/autoscaler.ts';
import type { Deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import type { NamespaceLimits } from '../../../src/diagnostics/evidence/quotas.ts';
import type { VaultMount } from '../../../src/diagnostics/evidence/vault-mount.ts';
import type { VaultSecret } from '../../../src/diagnostics/evidence/vault-secret.ts';
import type { Collected, Evidence, Missing } from '../../../src/diagnostics/types.ts';
import type { ApprovalRow } from '../../../src/remediations/evidence/approval-rows.ts';
import type { Budget } from '../../../src/remediations/evidence/budgets.ts';
import type { PoolVariable } from '../../../src/remediations/evidence/connection-strings.ts';
import type { DumpVolume } from '../../../src/remediations/evidence/dump-volume.ts';
import type { IndexInQuestion } from '../../../src/remediations/evidence/invalid-index.ts';
import type { JobInQuestion, JobRow } from '../../../src/remediations/evidence/job-row.ts';
import type { LiveJobs } from '../../../src/remediations/evidence/live-jobs.ts';
import type { MemoryGrowth } from '../../../src/remediations/evidence/memory-growth.ts';
import type { PodJobs } from '../../../src/remediations/evidence/pod-jobs.ts';
import type { ReplicasBefore } from '../../../src/remediations/evidence/replicas-before.ts';
import type { Revision } from '../../../src/remediations/evidence/revisions.ts';
import type { Session } from '../../../src/remediations/evidence/session.ts';
import type { RunningStatement } from '../../../src/remediations/evidence/statement.ts';
import type { IndexableTable } from '../../../src/remediations/evidence/table.ts';
import type { TableStatistics } from '../../../src/remediations/evidence/table-statistics.ts';
import { NO_JOBS } from '../../../src/remediations/guards/live-jobs.ts';
import type { PlanResult } from '../../../src/remediations/plan.ts';
import { loadRemediations } from '../../../src/remediations/registry.ts';
import { fixSettings } from '../../support/fix-world.ts';

export const remediations = await loadRemediations();
const settings = fixSettings({ appRole: 'hotswap' });
export const target = findTarget(settings, 'production');
if (target === undefined) throw new Error('the settings have no target');

export const deployment: Deployment = {
  name: 'hotswap-api',
  uid: 'uid-1',
  generation: 7,
  observedGeneration: 7,
  replicas: 3,
  paused: false,
  selector: 'app=hotswap-api',
  podLabels: {},
  strategy: 'RollingUpdate',
  maxSurge: '25%',
  progressDeadlineSeconds: 600,
  revision: 4,
  restartedAt: null,
  managedBy: [],
  counts: { replicas: 3, updated: 3, ready: 3, available: 3 },
  conditions: [],
  containers: [],
  container: 'hotswap',
  connectionStrings: [{ variable: 'ConnectionStrings__PostgreSql', kind: 'literal', poolSize: 10 }],
  variables: [],
  hasEnvironmentFrom: false,
  initContainers: [],
  pullSecrets: [],
};
export const hpa: Autoscaler = {
  name: 'hotswap-api',
  uid: 'uid-2',
  minReplicas: 2,
  maxReplicas: 4,
  currentReplicas: 4,
  desiredReplicas: 4,
  conditions: [],
  cpuTargetPercent: 70,
  cpuCurrentPercent: 95,
  memoryTargetPercent: null,
  memoryCurrentPercent: null,
};
const session: Session = {
  user: 'hotswap',
  application: 'hotswap-api',
  state: 'idle in transaction',
  idleSeconds: 90,
  transactionSeconds: 95,
  advisoryLocks: 0,
  blocks: 3,
};
const job: JobRow = {
  schema: 'public',
  table: 'deployment_jobs',
  tableOid: '16500',
  rowVersion: '777',
  deploymentId: 'd-orphan',
  status: 'Running',
  instance: 'pod-gone',
  startedAt: '2026-11-23T09:20:00.000Z',
  ageSeconds: 2400,
  lockRanOutSeconds: 1800,
  retries: 0,
  mostRetries: 3,
  approvalPending: false,
  lockedUntil: '2026-11-23T09:30:00.123456+00:00',
  completedAt: null,
  nextRetryAt: null,
};
const jobLimits = { jobAliveSeconds: 600, jobSilentSeconds: 900, jobStuckSeconds: 900, jobLockGraceSeconds: 60 };
const queue = { pending: 0, oldestOverdueSeconds: null, running: 1, live: 0, willRetry: 0, lastClaimedSeconds: 5, lastCompletedSeconds: 5 };
const index: IndexInQuestion = {
  oid: '16700',
  tableOid: '16400',
  kind: 'i',
  valid: false,
  constraint: null,
  columns: ['tenant'],
  bytes: 2_000_000,
  work: [],
  oldestTransactionSeconds: 3,
};
const statistics: TableStatistics = {
  oid: '16400',
  kind: 'r',
  bytes: 50_000_000,
  liveRows: 200_000,
  modifiedRows: 150_000,
  lastAnalyze: '2026-11-22T10:00:00.123456Z',
  lastAutoanalyze: '2026-11-23T08:00:00.654321Z',
  work: [],
};
const statement: RunningStatement = {
  user: 'hotswap',
  application: 'hotswap-api',
  backendType: 'client backend',
  runningSeconds: 90,
  transactionSeconds: 90,
  query: 'SELECT count(*) FROM orders',
  waitsForLock: false,
  blocks: 3,
};
const table: IndexableTable = {
  oid: '16400',
  kind: 'r',
  bytes: 50_000_000,
  rows: 200_000,
  columns: ['id', 'tenant', 'state'],
  indexes: [{ name: 'jobs_pkey', columns: ['id'], valid: true, partial: false }],
  builds: 0,
  oldestTransactionSeconds: 3,
};
export const waitingPod = { name: 'hotswap-api-x', unschedulable: '0/3 nodes are available: Insufficient memory' };

export const container: Deployment['containers'][number] = {
  name: 'hotswap',
  image: 'hotswap:1',
  cpuRequest: '250m',
  cpuLimit: '1',
  memoryRequest: '256Mi',
  memoryLimit: '512Mi',
  readiness: null,
  liveness: null,
  startup: null,
  ports: [{ name: 'http', number: 8080 }],
};

/** So many jobs that run, of which the first two are named. */
export const running = (live: number): LiveJobs => ({
  live,
  sample: ['1', '2'].slice(0, live).map((id) => ({ id, deployment: `d-${id}`, instance: `pod-${id}` })),
});

/** A connection string with that pool size, or with none. */
export const connectionString = (size: number | null, variable = 'ConnectionStrings__PostgreSql'): PoolVariable => ({
  kind: 'literal',
  variable,
  pool: size === null ? { kind: 'unset' } : { kind: 'size', size },
  rest: 'a'.repeat(64),
});
const dumpVolume: DumpVolume = {
  mount: { path: '/tmp', volume: 'tmp', readOnly: false },
  medium: 'disk',
  sizeLimit: '1Gi',
  dropsCapabilities: false,
};

export interface World {
  readonly deployment?: Partial<Deployment>;
  readonly autoscaler?: Autoscaler | null;
  readonly pods?: readonly unknown[];
  readonly before?: ReplicasBefore;
  readonly budgets?: readonly Budget[];
  /** Null: they cannot be looked at. */
  readonly podJobs?: PodJobs | null;
  readonly monitors?: object;
  readonly revisions?: readonly Revision[];
  readonly quotas?: NamespaceLimits;
  readonly replicaSets?: readonly unknown[];
  readonly growth?: MemoryGrowth;
  readonly room?: { readonly node: string; readonly bytes: number; readonly daemons: number | null } | null;
  readonly strings?: readonly PoolVariable[];
  readonly volume?: Partial<DumpVolume>;
  readonly slots?: { readonly usable: number; readonly others: number };
  /** Null: they cannot be looked at. */
  readonly jobs?: LiveJobs | null;
  readonly session?: Partial<Session> | null;
  readonly job?: Partial<JobRow> | null;
  readonly worker?: JobInQuestion['worker'];
  /** Jobs that wait and that nothing claims. */
  readonly overdueJobs?: number;
  readonly approvals?: readonly ApprovalRow[];
  readonly index?: Partial<IndexInQuestion> | null;
  readonly statistics?: Partial<TableStatistics> | null;
  readonly statement?: Partial<RunningStatement> | null;
  readonly table?: Partial<IndexableTable> | null;
  readonly mount?: VaultMount | null;
  readonly secret?: VaultSecret | null;
  /** A source that could not be read. */
  readonly missing?: string;
  readonly undoing?: boolean;
  readonly overrides?: readonly string[];
}

const asked = { tool: 'psql' as const, command: '' };
const at = new Date('2026-11-23T10:00:00Z');

function evidenceOf(id: string, world: World): Evidence<unknown> {
  const base = { source: id, asked, at, durationMs: 1 };
  if (world.missing !== undefined && id.startsWith(world.missing))
    return { ...base, kind: 'missing', reason: 'forbidden', message: 'It is forbidden.', mend: 'Grant it.' } satisfies Missing;
  const data = dataOf(id, world);
  return { ...base, kind: 'collected', data, complete: true, gap: null } satisfies Collected<unknown>;
}

function dataOf(id: string, world: World): unknown {
  if (id === 'k8s.deployment') return { ...deployment, ...world.deployment };
  if (id === 'k8s.hpa') return world.autoscaler ?? null;
  if (id === 'k8s.pods') return world.pods ?? [];
  if (id === 'fix.replicas-before') return world.before ?? { replicas: null, source: '' };
  if (id === 'fix.budgets') return world.budgets ?? [];
  if (id.startsWith('fix.pod-jobs')) return world.podJobs === undefined ? { held: [], nobodys: [] } : world.podJobs;
  if (id === 'k8s.servicemonitor') return { served: true, services: [], monitors: [], podLabels: {}, ...world.monitors };
  if (id === 'fix.revisions') return world.revisions ?? [];
  if (id === 'k8s.quota') return world.quotas ?? { quotas: [], bounds: [], defaults: [] };
  if (id === 'vault.mount') return world.mount === undefined ? { type: 'kv', version: 2 } : world.mount;
  if (id === 'vault.secret') return world.secret ?? null;
  if (id === 'k8s.replicasets') return world.replicaSets ?? [];
  if (id === 'fix.memory-growth') return world.growth ?? { growing: false, perHourRatio: 0 };
  if (id === 'fix.node-room') return world.room ?? null;
  if (id === 'fix.pool-variables') return world.strings ?? [connectionString(10)];
  if (id.startsWith('fix.dump-volume.')) return { ...dumpVolume, ...world.volume };
  if (id === 'fix.slots') return world.slots ?? { usable: 97, others: 5 };
  if (id === 'fix.live-jobs' || id === 'fix.jobs-seen') return world.jobs === undefined ? NO_JOBS : world.jobs;
  if (id.startsWith('session.')) return world.session === null ? null : { ...session, ...world.session };
  if (id.startsWith('fix.job.')) {
    const row = world.job === null ? null : { ...job, ...world.job };
    return { job: row, worker: world.worker ?? { state: 'gone' }, limits: jobLimits };
  }
  if (id === 'pg.job_queue') return { state: 'read', table: 'public.deployment_jobs', data: { ...queue, overdue: world.overdueJobs ?? 0 } };
  if (id.startsWith('fix.approvals.')) {
    const rows = world.approvals ?? [];
    return { schema: 'public', table: 'approval_requests', tableOid: rows.length === 0 ? null : '16600', rows, graceSeconds: 600 };
  }
  if (id.startsWith('index.')) return world.index === null ? null : { ...index, ...world.index };
  if (id.startsWith('statistics.')) return world.statistics === null ? null : { ...statistics, ...world.statistics };
  if (id.startsWith('statement.')) return world.statement === null ? null : { ...statement, ...world.statement };
  if (id.startsWith('table.')) return world.table === null ? null : { ...table, ...world.table };
  throw new Error(`the test has no evidence for ${id}`);
}

export function plan(id: string, params: Record<string, unknown>, world: World = {}, on: NamedTarget | undefined = target): PlanResult {
  const remediation = remediations.get(id);
  if (remediation === undefined || on === undefined) throw new Error(`there is no ${id}`);
  const parsed = remediation.parse(params, on);
  const evidence = new Map(Object.values(remediation.needs(parsed, on)).map((source) => [source.id, evidenceOf(source.id, world)]));
  return remediation.plan(parsed, evidence, {
    target: on,
    settings: settings.remediations,
    now: at,
    overrides: world.overrides ?? [],
    undoing: world.undoing ?? false,
  });
}

/** `act R1`, `refuse code` or `nothing-to-do`. */
export function verdict(result: PlanResult): string {
  if (result.kind === 'act') return `act ${result.plan.risk}`;
  return result.kind === 'refuse' ? `refuse ${result.refusal.code}` : result.kind;
}
