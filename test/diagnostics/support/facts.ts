import { appPoolCapacity } from '../../../src/diagnostics/checks/app.pool_capacity.ts';
import { k8sDeployment } from '../../../src/diagnostics/checks/k8s.deployment.ts';
import { k8sHpa } from '../../../src/diagnostics/checks/k8s.hpa.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { k8sMetrics } from '../../../src/diagnostics/checks/k8s.metrics.ts';
import { pgAdvisory } from '../../../src/diagnostics/checks/pg.advisory.ts';
import { pgIndexes } from '../../../src/diagnostics/checks/pg.indexes.ts';
import { pgLocks } from '../../../src/diagnostics/checks/pg.locks.ts';
import { pgLongQueries } from '../../../src/diagnostics/checks/pg.long_queries.ts';
import { pgStatements } from '../../../src/diagnostics/checks/pg.statements.ts';
import { promErrorRate } from '../../../src/diagnostics/checks/prom.error_rate.ts';
import { promLatency } from '../../../src/diagnostics/checks/prom.latency.ts';
import { promThrottling } from '../../../src/diagnostics/checks/prom.throttling.ts';
import { promTraffic } from '../../../src/diagnostics/checks/prom.traffic.ts';
import { type Conclusion, conclude } from '../../../src/diagnostics/conclude.ts';
import type { Facts, RemediationOffer } from '../../../src/diagnostics/report.ts';
import { factsOf } from '../../../src/diagnostics/severity.ts';
import type { Cause, Check, CheckResult, ConclusionContext, FactsOf } from '../../../src/diagnostics/types.ts';
import { ago, context, target } from './evidence.ts';

/** Facts for causes: of a service whose latency is high, and where nothing else is wrong. Tests change what they are about. */

type LogFacts = FactsOf<typeof k8sLogs>;

/** Logs that say nothing. */
export const QUIET_LOGS: LogFacts = {
  messages: 10,
  warnings: 0,
  errors: 0,
  fatal: 0,
  sinceSeconds: 900,
  podsRead: 3,
  revisionsRead: [2],
  signatures: [],
  groups: [],
};

/** A signature as k8s.logs states it. */
export const signatureOf = (signature: string, changes: Partial<LogFacts['signatures'][number]> = {}): LogFacts['signatures'][number] => ({
  signature,
  count: 4,
  pods: 2,
  podNames: 'a, b',
  oldestRevision: 2,
  newestRevision: 2,
  firstAt: ago(120).toISOString(),
  lastAt: ago(20).toISOString(),
  previous: 0,
  exception: '',
  frame: '',
  sample: '',
  ...changes,
});

interface World {
  readonly deployment: FactsOf<typeof k8sDeployment>;
  readonly hpa: FactsOf<typeof k8sHpa>;
  readonly logs: FactsOf<typeof k8sLogs>;
  readonly cpu: FactsOf<typeof k8sMetrics>;
  readonly advisory: FactsOf<typeof pgAdvisory>;
  readonly indexes: FactsOf<typeof pgIndexes>;
  readonly locks: FactsOf<typeof pgLocks>;
  readonly long: FactsOf<typeof pgLongQueries>;
  readonly statements: FactsOf<typeof pgStatements>;
  readonly errors: FactsOf<typeof promErrorRate>;
  readonly latency: FactsOf<typeof promLatency>;
  readonly throttling: FactsOf<typeof promThrottling>;
  readonly traffic: FactsOf<typeof promTraffic>;
  readonly pool: FactsOf<typeof appPoolCapacity>;
}

const CHECKS: { readonly [Name in keyof World]: Check } = {
  deployment: k8sDeployment,
  hpa: k8sHpa,
  logs: k8sLogs,
  cpu: k8sMetrics,
  advisory: pgAdvisory,
  indexes: pgIndexes,
  locks: pgLocks,
  long: pgLongQueries,
  statements: pgStatements,
  errors: promErrorRate,
  latency: promLatency,
  throttling: promThrottling,
  traffic: promTraffic,
  pool: appPoolCapacity,
};

const SLOW: World = {
  deployment: {
    desired: 3,
    ready: 3,
    available: 3,
    updated: 3,
    paused: false,
    rollingOut: false,
    stalled: false,
    replicaFailure: '',
    unavailableSeconds: null,
    strategy: 'RollingUpdate',
    managedBy: [],
    image: 'hotswap:1',
    container: 'hotswap',
    memoryLimit: '512Mi',
    memoryRequest: '256Mi',
    readinessPath: '/health',
    readinessPort: '8080',
    livenessPath: '/health',
    livenessBudget: 'every 10 s, 3 times in a row, within 1 s, after 0 s',
    startupProbe: false,
    pullSecrets: [],
    variables: [],
  },
  hpa: {
    present: false,
    name: null,
    minReplicas: null,
    maxReplicas: null,
    currentReplicas: null,
    desiredReplicas: null,
    atMaximum: false,
    limited: false,
    active: false,
    reason: '',
    cpuCurrentPercent: null,
    cpuTargetPercent: null,
    memoryCurrentPercent: null,
    memoryTargetPercent: null,
    driver: null,
  },
  logs: QUIET_LOGS,
  cpu: {
    measuredPods: 3,
    hotPods: 0,
    warmPods: 0,
    cpuMeanRatio: 0.3,
    cpuMaxRatio: 0.3,
    cpuMeanOfRequest: 0.6,
    cpuOf: 'limit',
    memoryMaxRatio: 0.4,
    cpuWarnRatio: 0.75,
    cpuFailRatio: 0.9,
    memoryFailRatio: 0.9,
  },
  advisory: { held: 0, longestIdleSeconds: 0, warnSeconds: 900, idleHolders: [] },
  indexes: { scanned: [], foreignKeys: [], invalid: [], stale: [] },
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
  long: { statements: [], longestSeconds: 0, waitingForLocks: 0, warnSeconds: 5, failSeconds: 30 },
  statements: {
    compared: true,
    seconds: 20,
    connections: 10,
    databaseMs: 400,
    databaseLoad: 0.02,
    slow: [],
    uses: [],
    slowestMeanMs: 3,
    warnMs: 500,
    failMs: 1_000,
    warnShare: 0.3,
    failShare: 0.5,
    minimumCalls: 3,
  },
  errors: {
    serverErrorRatio: 0,
    failedRequests: 0,
    softErrorRatio: 0,
    softErrorRatioAnHourAgo: 0,
    serverErrorRatioRecently: 0,
    windowSeconds: 300,
    recentWindowSeconds: 60,
    codes: [],
    refusals: [],
    warnRatio: 0.01,
    failRatio: 0.05,
    minimumFailures: 20,
    places: [],
  },
  latency: {
    p95Seconds: 3,
    p99Seconds: 4,
    averageSeconds: 1,
    p95SecondsAnHourAgo: 0.1,
    p95SecondsRecently: 3,
    averageSecondsRecently: 1,
    requestsPerSecondRecently: 20,
    recentWindowSeconds: 60,
    warnSeconds: 0.5,
    failSeconds: 1,
    windowSeconds: 300,
    slowestRoutes: [{ route: '/orders', p95: 3 }],
    slowestPods: [],
  },
  throttling: { ratio: 0.02, ratioRecently: 0.02, cpuLimit: '500m', warnRatio: 0.25, failRatio: 0.5 },
  traffic: {
    requestsPerSecond: 20,
    requestsPerSecondAnHourAgo: 20,
    minimumRequestsPerSecond: 0.2,
    windowSeconds: 300,
    requestsPerSecondLately: 20,
    standsStill: false,
    quietWindowSeconds: 120,
  },
  pool: { pods: 3, surge: 1, poolSize: 8, demand: 32, others: 2, usable: 97, usableRatio: 0.33, warnRatio: 0.8 },
};

export const QUICK = { latency: { p95Seconds: 0.1, p95SecondsRecently: 0.1 } } as const;

type Changes = { readonly [Name in keyof World]?: Partial<World[Name]> | null };

/** Results of checks over the slow service with some facts changed; null: the check could not look. */
export function results(changes: Changes = {}): Map<string, CheckResult> {
  const names = Object.keys(SLOW) as (keyof World)[];
  return new Map(
    names.map((name) => {
      const change = changes[name];
      const facts: Facts | null = change === null ? null : { ...SLOW[name], ...change };
      return [CHECKS[name].id, resultOf(CHECKS[name], facts)];
    }),
  );
}

function resultOf({ id, title }: Check, facts: Facts | null): CheckResult {
  const verdict = facts === null ? 'unknown' : 'fail';
  return { id, title, verdict, summary: facts === null ? 'it is forbidden' : 'seen', facts, complete: true, asked: [], durationMs: 1 };
}

/** Results that hold just these facts; null: the check could not look. */
export function resultsOf(entries: readonly (readonly [Check, Facts | null])[]): Map<string, CheckResult> {
  return new Map(entries.map(([check, facts]) => [check.id, resultOf(check, facts)]));
}

/** What a cause concludes from just these facts; null: the check could not look. */
export const concludeOver = (cause: Cause, entries: readonly (readonly [Check, Facts | null])[]): Conclusion =>
  conclude(cause, resultsOf(entries), context);

/** What the words of a cause are made of, over just these facts. */
export function contextOver(entries: readonly (readonly [Check, Facts | null])[]): ConclusionContext {
  const seen = resultsOf(entries);
  return { ...context, facts: (check) => factsOf(check, seen) };
}

export const concludeFrom = (cause: Cause, changes: Changes = {}): Conclusion => conclude(cause, results(changes), context);

export function conclusionContext(changes: Changes = {}, indexableTables = target.database.indexableTables): ConclusionContext {
  const seen = results(changes);
  const named = { ...target, database: { ...target.database, indexableTables } };
  return { ...context, target: named, facts: (check) => factsOf(check, seen) };
}

export const offersOf = (cause: Cause, changes: Changes = {}): readonly RemediationOffer[] =>
  cause.remediations?.(conclusionContext(changes)) ?? [];
export const adviceOf = (cause: Cause, changes: Changes = {}): string => (cause.advice?.(conclusionContext(changes)) ?? []).join('\n');

// ---- Situations that several causes are about

export const lockRoot = (changes: Partial<World['locks']['roots'][number]> = {}): World['locks']['roots'][number] => ({
  pid: 4711,
  backendStart: '2026-11-23T11:00:00.123456Z',
  queryStart: '2026-11-23T11:05:00.654321Z',
  role: 'hotswap',
  application: 'hotswap-api',
  client: '10.0.0.1',
  backendType: 'client backend',
  state: 'idle in transaction',
  query: 'UPDATE orders SET state = ?',
  inStateSeconds: 95,
  transactionSeconds: 96,
  blockedSessions: 5,
  chainDepth: 2,
  longestWaitSeconds: 60,
  heldModes: '',
  wantedLocks: 'transactionid (ShareLock)',
  advisoryLocks: 0,
  ...changes,
});

/** A statement that has run for so long, and waits for nobody. */
export const runningFor = (runningSeconds: number, query: string, waitType: string | null = null): { long: Partial<World['long']> } => ({
  long: {
    statements: [{ pid: 7, backendStart: '', queryStart: '', role: 'app', application: 'api', runningSeconds, waitType, query }],
    longestSeconds: runningSeconds,
  },
});

export const blockedBy = (...roots: World['locks']['roots']): { locks: Partial<World['locks']> } => ({
  locks: { waiters: 5, longestWaitSeconds: 60, chainDepth: 2, roots },
});

const slowStatement = (changes: Partial<World['statements']['slow'][number]> = {}): World['statements']['slow'][number] => ({
  query: 'SELECT * FROM orders WHERE customer = $1',
  calls: 50,
  meanMs: 900,
  shareOfDatabaseTime: 0.9,
  shareOfSessions: 0.4,
  tables: 'public.orders',
  scans: '',
  planNotSeen: null,
  rows: 50,
  ...changes,
});

export const tableUse = (changes: Partial<World['statements']['uses'][number]> = {}): World['statements']['uses'][number] => ({
  table: 'public.orders',
  bytes: 64 * 2 ** 20,
  columns: 'customer',
  choices: 'id, customer, state',
  covered: false,
  scanned: true,
  meanMs: 900,
  query: 'SELECT * FROM orders WHERE customer = $1',
  ...changes,
});

export const slowOn = (...uses: World['statements']['uses']): { statements: Partial<World['statements']> } => ({
  statements: { slow: [slowStatement()], uses, slowestMeanMs: 900, databaseMs: 18_000 },
});

export const logged = (signature: string, secondsAgo = 20): { logs: Partial<World['logs']> } => ({
  logs: { signatures: [signatureOf(signature, { lastAt: ago(secondsAgo).toISOString() })] },
});

export const HOT = { cpu: { hotPods: 3, warmPods: 3, cpuMeanRatio: 0.98, cpuMaxRatio: 1, cpuMeanOfRequest: 1.9 } } as const;

export const hpaOf = (changes: Partial<World['hpa']> = {}): { hpa: World['hpa'] } => ({
  hpa: {
    present: true,
    name: 'hotswap-api',
    minReplicas: 2,
    maxReplicas: 6,
    currentReplicas: 3,
    desiredReplicas: 3,
    atMaximum: false,
    limited: false,
    active: true,
    reason: '',
    cpuCurrentPercent: 80,
    cpuTargetPercent: 70,
    memoryCurrentPercent: null,
    memoryTargetPercent: null,
    driver: 'cpu',
    ...changes,
  },
});
