import { appWorkers } from '../../../src/diagnostics/checks/app.workers.ts';
import { httpDeployment } from '../../../src/diagnostics/checks/http.deployment.ts';
import { k8sDeployment } from '../../../src/diagnostics/checks/k8s.deployment.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { k8sPods } from '../../../src/diagnostics/checks/k8s.pods.ts';
import { pgApprovals } from '../../../src/diagnostics/checks/pg.approvals.ts';
import { pgJobQueue } from '../../../src/diagnostics/checks/pg.job_queue.ts';
import { pgJobs } from '../../../src/diagnostics/checks/pg.jobs.ts';
import { pgLocks } from '../../../src/diagnostics/checks/pg.locks.ts';
import { promApprovals } from '../../../src/diagnostics/checks/prom.approvals.ts';
import type { Conclusion } from '../../../src/diagnostics/conclude.ts';
import type { RemediationOffer } from '../../../src/diagnostics/report.ts';
import type { Cause, Check, FactsOf } from '../../../src/diagnostics/types.ts';
import { concludeOver, contextOver, lockRoot } from './facts.ts';

/** Facts of a service whose jobs and approvals are well; tests change what they are about. */

interface World {
  readonly jobs: FactsOf<typeof pgJobs>;
  readonly queue: FactsOf<typeof pgJobQueue>;
  readonly state: FactsOf<typeof httpDeployment>;
  readonly approvals: FactsOf<typeof pgApprovals>;
  readonly counted: FactsOf<typeof promApprovals>;
  readonly workers: FactsOf<typeof appWorkers>;
  readonly locks: FactsOf<typeof pgLocks>;
  readonly pods: Pick<FactsOf<typeof k8sPods>, 'total' | 'ready'>;
  readonly deployment: Pick<FactsOf<typeof k8sDeployment>, 'desired'>;
  readonly logs: { readonly signatures: { signature: string; count: number; pods: number; lastAt: string }[] };
}

const CHECKS: { readonly [Name in keyof World]: Check } = {
  jobs: pgJobs,
  queue: pgJobQueue,
  state: httpDeployment,
  approvals: pgApprovals,
  counted: promApprovals,
  workers: appWorkers,
  locks: pgLocks,
  pods: k8sPods,
  deployment: k8sDeployment,
  logs: k8sLogs,
};

const WELL: World = {
  jobs: { table: 'public.deployment_jobs', tableState: 'read', running: 2, askedFound: null, withoutRow: [], stuckSeconds: 900, jobs: [] },
  queue: {
    table: 'public.deployment_jobs',
    tableState: 'read',
    pending: 0,
    overdue: 0,
    oldestOverdueSeconds: null,
    running: 2,
    live: 2,
    willRetry: 0,
    lastClaimedSeconds: 300,
    overdueSeconds: 120,
    backlogWarn: 100,
  },
  state: { named: null, deployments: [], answers: '', stuckSeconds: 900 },
  approvals: {
    table: 'public.approval_requests',
    tableState: 'read',
    pending: 3,
    overdue: 0,
    pastGrace: 0,
    mostOverdueSeconds: null,
    graceSeconds: 600,
    windowSeconds: 300,
    requestedInWindow: 4,
    lastRequestedSeconds: 20,
    lastExpiredSeconds: null,
    endBeforeBegin: 0,
    inFuture: 0,
    furthestFutureSeconds: null,
    timeType: 'timestamp with time zone',
    late: [],
    asked: [],
    wakeSeconds: 60,
  },
  counted: { windowSeconds: 300, requested: 4, granted: 1, rejected: 0, stored: 4, lost: 0, lostMinimum: 3 },
  workers: {
    readyPods: 3,
    oldestPodSeconds: 90_000,
    youngestPodSeconds: 80_000,
    youngSeconds: 360,
    logSeconds: 900,
    intervalSeconds: 300,
    intervalFrom: 'the default',
    intervalVariable: 'ApprovalTimeout__CheckIntervalMinutes',
    approvalStore: '',
    approvalFailures: 0,
    lastApprovalFailure: '',
    approvalFatal: false,
    approvalNotRegistered: false,
    jobFailures: 0,
    lastJobFailure: '',
    claims: 0,
  },
  locks: {
    waiters: 0,
    longestWaitSeconds: 0,
    chainDepth: 0,
    warnSeconds: 5,
    failSeconds: 30,
    failWaiters: 3,
    roots: [],
    chokes: [],
    waiting: [],
  },
  pods: { total: 3, ready: 3 },
  deployment: { desired: 3 },
  logs: { signatures: [] },
};

export type Changes = { readonly [Name in keyof World]?: Partial<World[Name]> | null };

function entries(changes: Changes) {
  const names = Object.keys(WELL) as (keyof World)[];
  return names.map((name) => [CHECKS[name], changes[name] === null ? null : { ...WELL[name], ...changes[name] }] as const);
}

const concluded = (cause: Cause, changes: Changes = {}): Conclusion => concludeOver(cause, entries(changes));
export const kindOf = (cause: Cause, changes: Changes = {}): string => {
  const conclusion = concluded(cause, changes);
  return conclusion.kind === 'concluded' ? conclusion.certainty : conclusion.kind;
};
export const offers = (cause: Cause, changes: Changes = {}): readonly RemediationOffer[] =>
  cause.remediations?.(contextOver(entries(changes))) ?? [];
export const words = (cause: Cause, changes: Changes = {}): string =>
  [cause.summary(contextOver(entries(changes))), ...(cause.advice?.(contextOver(entries(changes))) ?? [])].join('\n');

// ---- Situations that several causes are about

type SeenJob = World['jobs']['jobs'][number];

const seenJob = (changes: Partial<SeenJob> = {}): SeenJob => ({
  id: '17',
  deploymentId: 'exec-000017',
  asked: false,
  status: 'Running',
  class: 'orphaned',
  because: 'its lock ran out 30 min ago, and pod pod-gone, which claimed it, is gone',
  rowVersion: '812',
  instance: 'pod-gone',
  ageSeconds: 2_400,
  lockRanOutSeconds: 1_800,
  retryInSeconds: null,
  retries: 0,
  mostRetries: 3,
  completedSeconds: null,
  error: null,
  ...changes,
});

export const withJobs = (...jobs: readonly Partial<SeenJob>[]) => ({ jobs: { jobs: jobs.map(seenJob) } }) satisfies Changes;

export const overdue = (seconds = 7_200, more: Partial<World['approvals']> = {}) =>
  ({
    approvals: {
      overdue: 2,
      pastGrace: 2,
      mostOverdueSeconds: seconds,
      late: ['a', 'b'].map((executionId) => ({
        executionId,
        rowVersion: `v-${executionId}`,
        overdueSeconds: seconds,
        environment: 'Production',
        what: 'm 1',
      })),
      ...more,
    },
  }) satisfies Changes;

/** A session of the application that waits for another one. */
export const waitsFor = (query: string, waitingSeconds = 20, role = 'hotswap') =>
  ({
    locks: {
      waiters: 1,
      longestWaitSeconds: waitingSeconds,
      roots: [lockRoot({ pid: 99, application: 'backfill', state: 'active' })],
      waiting: [
        { pid: 5, role, application: 'hotswap-api', client: null, wantedOn: 'transactionid', waitingSeconds, blockedBy: '99', query },
      ],
    },
  }) satisfies Changes;

/** What the service says of an execution that was named. */
export const tells = (status: string, runningSeconds: number | null = null) =>
  ({ named: 'x', deployments: [{ executionId: 'x', status, runningSeconds, lastStage: null }] }) satisfies Changes['state'];
