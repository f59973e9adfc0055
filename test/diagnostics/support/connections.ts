import { expect } from 'vitest';
import { appPoolCapacity } from '../../../src/diagnostics/checks/app.pool_capacity.ts';
import { appPoolConfig } from '../../../src/diagnostics/checks/app.pool_config.ts';
import { k8sDeployment } from '../../../src/diagnostics/checks/k8s.deployment.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { pgActivity } from '../../../src/diagnostics/checks/pg.activity.ts';
import { pgCapacity } from '../../../src/diagnostics/checks/pg.capacity.ts';
import { pgConnect } from '../../../src/diagnostics/checks/pg.connect.ts';
import { pgIdleTx } from '../../../src/diagnostics/checks/pg.idle_tx.ts';
import { pgLocks } from '../../../src/diagnostics/checks/pg.locks.ts';
import { promLatency } from '../../../src/diagnostics/checks/prom.latency.ts';
import type { Facts } from '../../../src/diagnostics/report.ts';
import type { Cause, Check, FactsOf } from '../../../src/diagnostics/types.ts';
import { ago } from './evidence.ts';
import { concludeOver, contextOver } from './facts.ts';

/** Facts about connections to PostgreSQL, for the causes that are about them. */

export type Seen = readonly [Check, Facts | null];

/** Three pods with pools of 8 that are at work, on a server with slots to spare. */
const SESSIONS: FactsOf<typeof pgActivity> = {
  connections: 24,
  active: 4,
  idle: 20,
  idleInTransaction: 0,
  idleInTransactionRatio: 0,
  idleInTransactionLong: 0,
  longestIdleSeconds: 0,
  meanStatementSeconds: 0.02,
  waitingOnLock: 0,
  seenFrom: 'pods',
  failRatio: 0.2,
  warnSeconds: 60,
  failSeconds: 300,
  clients: [],
};
const CAPACITY: FactsOf<typeof pgCapacity> = {
  used: 30,
  usable: 97,
  usedRatio: 30 / 97,
  active: 4,
  idleInTransaction: 0,
  waitingOnLock: 0,
  limitsReached: [],
  roleLimits: [],
  databaseLimit: null,
  inThisDatabase: 28,
  holders: [],
  warnRatio: 0.8,
  failRatio: 0.95,
};
const CONNECTED: FactsOf<typeof pgConnect> = {
  connected: true,
  fault: null,
  code: null,
  connectMs: 12,
  warnMs: 1_000,
  version: '18.4',
  database: 'hotswap',
  inRecovery: false,
  canReadAllStats: true,
};

export const botConnects = (changes: Partial<typeof CONNECTED> = {}): Seen => [pgConnect, { ...CONNECTED, ...changes }];
export const botFails = (fault: string, code: string | null = null): Seen =>
  botConnects({ connected: false, fault, code, connectMs: null, version: null, database: null, inRecovery: null, canReadAllStats: null });
/** The bot's own password or limit kept it out: that says nothing of the server. */
export const botIsBlind: Seen = [pgConnect, null];

/** Each signature was logged by two pods, four times. */
export function podsLog(...signatures: readonly string[]): Seen {
  const lastAt = ago(20).toISOString();
  return [
    k8sLogs,
    { messages: 40, errors: 4, groups: [], signatures: signatures.map((signature) => ({ signature, count: 4, pods: 2, lastAt })) },
  ];
}
export const podsLogLongAgo = (signature: string): Seen => [
  k8sLogs,
  { messages: 40, errors: 4, groups: [], signatures: [{ signature, count: 4, pods: 2, lastAt: ago(600).toISOString() }] },
];

export const sessions = (changes: Partial<typeof SESSIONS> = {}): Seen => [pgActivity, { ...SESSIONS, ...changes }];
export const slots = (changes: Partial<typeof CAPACITY> = {}): Seen => [pgCapacity, { ...CAPACITY, ...changes }];
export const poolOf = (poolSize: number | null): Seen => [
  appPoolConfig,
  { poolSize, connectionStrings: 1, explicit: true, variables: ['ConnectionStrings__DefaultConnection'], ineffective: [] },
];
export const formula = (changes: Partial<FactsOf<typeof appPoolCapacity>> = {}): Seen => [
  appPoolCapacity,
  { pods: 3, surge: 1, poolSize: 8, demand: 38, others: 6, usable: 97, usableRatio: 0.39, warnRatio: 0.8, ...changes },
];
export const threePods: Seen = [
  k8sDeployment,
  { desired: 3, ready: 3, available: 3, updated: 3, paused: false, rollingOut: false, managedBy: [], image: 'hotswap:1' },
];
/** How requests are answered now; all else of it as where nothing is known. */
export const answering = (changes: Partial<FactsOf<typeof promLatency>>): Seen => [
  promLatency,
  {
    ...{ p95Seconds: null, p99Seconds: null, averageSeconds: null, p95SecondsAnHourAgo: null, p95SecondsRecently: null },
    ...{ averageSecondsRecently: null, requestsPerSecondRecently: null, recentWindowSeconds: 60, windowSeconds: 300 },
    ...{ warnSeconds: 1, failSeconds: 2, slowestRoutes: [], slowestPods: [] },
    ...changes,
  },
];
export const nobodyWaits: Seen = [
  pgLocks,
  { waiters: 0, longestWaitSeconds: 0, chainDepth: 0, warnSeconds: 5, failSeconds: 30, failWaiters: 3, roots: [], chokes: [] },
];
export const forgotten = (...changes: readonly { readonly [name: string]: unknown }[]): Seen => [
  pgIdleTx,
  {
    sessions: changes.map((change, index) => ({
      pid: 100 + index,
      backendStart: `2026-11-23T11:00:0${index}.123456Z`,
      role: 'hotswap',
      application: 'hotswap-api',
      client: '10.0.0.1',
      idleSeconds: 90,
      transactionSeconds: 91,
      directlyBlocks: 0,
      advisoryLocks: 0,
      lastQuery: 'SELECT * FROM modules WHERE id = $1',
      ...change,
    })),
    longestIdleSeconds: 90,
    blockingSessions: 0,
    warnSeconds: 60,
    failSeconds: 300,
    blockingSeconds: 30,
  } satisfies Facts,
];

export const wordsOf = (cause: Cause, ...seen: readonly Seen[]): string =>
  [cause.summary(contextOver(seen)), ...(cause.advice?.(contextOver(seen)) ?? [])].join('\n');
export const offersOver = (cause: Cause, ...seen: readonly Seen[]) => cause.remediations?.(contextOver(seen)) ?? [];

/** A cause that the server or the driver of the pods states in so many words. */
export function expectFromLogsAlone(cause: Cause, signature: string): void {
  expect(concludeOver(cause, [podsLog(signature), botConnects()])).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
  expect(concludeOver(cause, [podsLog(signature), botIsBlind])).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
  expect(concludeOver(cause, [podsLogLongAgo(signature), botConnects()]).kind).toBe('ruled-out');
  expect(concludeOver(cause, [podsLog('log.ef.transient'), botConnects()]).kind).toBe('ruled-out');
  expect(concludeOver(cause, [[k8sLogs, null], botConnects()]).kind).toBe('undecided');
}
