import type { Autoscaler } from '../../../src/diagnostics/evidence/autoscaler.ts';
import type { Capacity } from '../../../src/diagnostics/evidence/capacity.ts';
import type { Deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import type { ErrorRate } from '../../../src/diagnostics/evidence/error-rate.ts';
import type { IdleTransaction } from '../../../src/diagnostics/evidence/idle-transactions.ts';
import type { Latency } from '../../../src/diagnostics/evidence/latency.ts';
import type { RootBlocker } from '../../../src/diagnostics/evidence/locks.ts';
import type { PodTemplate, ProbeTemplate } from '../../../src/diagnostics/evidence/pod-template.ts';
import type { ContainerState, Pod } from '../../../src/diagnostics/evidence/pods.ts';
import type { ReplicaSet } from '../../../src/diagnostics/evidence/replicasets.ts';
import type { SlowestStatement } from '../../../src/diagnostics/evidence/statements.ts';
import { ago } from './evidence.ts';

/** Normalised evidence of a healthy service; tests change what they are about. */

export function deploymentOf(changes: Partial<Deployment> = {}): Deployment {
  return {
    name: 'hotswap-api',
    uid: 'd-1',
    generation: 3,
    observedGeneration: 3,
    replicas: 3,
    paused: false,
    selector: 'app.kubernetes.io/name=hotswap',
    podLabels: { 'app.kubernetes.io/name': 'hotswap' },
    strategy: 'RollingUpdate',
    maxSurge: 1,
    progressDeadlineSeconds: 600,
    revision: 2,
    restartedAt: null,
    managedBy: [],
    counts: { replicas: 3, updated: 3, ready: 3, available: 3 },
    conditions: [{ type: 'Available', status: 'True', reason: 'MinimumReplicasAvailable', message: '', since: ago(86_400) }],
    containers: [
      {
        name: 'hotswap',
        image: 'hotswap:1',
        cpuRequest: '250m',
        cpuLimit: '500m',
        memoryRequest: '256Mi',
        memoryLimit: '512Mi',
        ports: [{ name: 'http', number: 8080 }],
        readiness: probeOf(),
        liveness: probeOf(),
        startup: null,
      },
    ],
    container: 'hotswap',
    connectionStrings: [{ variable: 'ConnectionStrings__Default', kind: 'literal', poolSize: 8 }],
    variables: [],
    initContainers: [],
    pullSecrets: [],
    hasEnvironmentFrom: false,
    ...changes,
  };
}

export function probeOf(changes: Partial<ProbeTemplate> = {}): ProbeTemplate {
  return { path: '/health', port: 'http', initialDelaySeconds: 0, periodSeconds: 10, timeoutSeconds: 1, failureThreshold: 3, ...changes };
}

export function templateOf(changes: Partial<PodTemplate['containers'][number]> = {}): PodTemplate {
  const container = {
    name: 'hotswap',
    image: 'hotswap:1',
    cpuRequest: '250m',
    cpuLimit: '500m',
    memoryRequest: '256Mi',
    memoryLimit: '512Mi',
    variables: [{ name: 'Jwt__Issuer', hash: 'abc' }],
    readiness: probeOf(),
    liveness: probeOf(),
    startup: null,
    ...changes,
  };
  return { containers: [container], initContainers: [], pullSecrets: [], restartedAt: null };
}

export function replicaSetOf(revision: number, ageSeconds: number, changes: Partial<ReplicaSet> = {}): ReplicaSet {
  return {
    name: `rs-${revision}`,
    uid: `uid-${revision}`,
    revision,
    createdAt: ago(ageSeconds),
    images: [`hotswap:${revision}`],
    template: templateOf({ image: `hotswap:${revision}` }),
    changeCause: null,
    desired: 3,
    deploymentDesired: null,
    replicas: 3,
    ready: 3,
    failure: null,
    ...changes,
  };
}

export function podOf(name: string, changes: Partial<Pod> = {}): Pod {
  return {
    name,
    uid: `uid-${name}`,
    replicaSet: 'hotswap-api-1',
    revision: 2,
    ip: '10.0.0.1',
    node: 'node-1',
    phase: 'Running',
    reason: '',
    message: '',
    createdAt: ago(3_600),
    deletedAt: null,
    graceSeconds: 30,
    ready: true,
    unschedulable: null,
    containers: [containerOf()],
    claims: [],
    resources: [{ container: 'hotswap', cpuRequest: '250m', cpuLimit: '500m', memoryRequest: '256Mi', memoryLimit: '512Mi' }],
    ...changes,
  };
}

export function containerOf(changes: Partial<ContainerState> = {}): ContainerState {
  return {
    name: 'hotswap',
    init: false,
    image: 'hotswap:1',
    ready: true,
    restarts: 0,
    waiting: null,
    running: true,
    startedAt: ago(3_600),
    terminated: null,
    ...changes,
  };
}

export const threePods = (): readonly Pod[] => ['a', 'b', 'c'].map((name) => podOf(name));

export function autoscalerOf(changes: Partial<Autoscaler> = {}): Autoscaler {
  return {
    name: 'hotswap-api',
    uid: 'h-1',
    minReplicas: 2,
    maxReplicas: 6,
    currentReplicas: 3,
    desiredReplicas: 3,
    conditions: [
      { type: 'AbleToScale', status: 'True', reason: 'ReadyForNewScale', message: '' },
      { type: 'ScalingActive', status: 'True', reason: 'ValidMetricFound', message: '' },
      { type: 'ScalingLimited', status: 'False', reason: 'DesiredWithinRange', message: '' },
    ],
    cpuTargetPercent: 70,
    cpuCurrentPercent: 40,
    memoryTargetPercent: null,
    memoryCurrentPercent: null,
    ...changes,
  };
}

export function capacityOf(changes: Partial<Capacity> = {}): Capacity {
  return {
    maxConnections: 100,
    usable: 97,
    used: 27,
    inThisDatabase: 26,
    active: 2,
    idle: 24,
    idleInTransaction: 0,
    waitingOnLock: 0,
    own: 2,
    databaseLimit: null,
    roleLimits: [],
    holders: [{ role: 'hotswap', application: 'hotswap-api', client: '10.0.0.1', database: 'hotswap', connections: 24 }],
    roles: [
      { role: 'hotswap', connections: 24 },
      { role: 'hotswap_bot_ro', connections: 2 },
      { role: 'postgres', connections: 1 },
    ],
    ...changes,
  };
}

export function errorRateOf(changes: Partial<ErrorRate> = {}): ErrorRate {
  return {
    windowSeconds: 300,
    requestsPerSecond: 20,
    serverErrorRatio: 0,
    recent: { windowSeconds: 60, requestsPerSecond: 20, serverErrorRatio: 0 },
    codes: [],
    places: [],
    refusals: [],
    ...changes,
  };
}

export function latencyOf(changes: Partial<Latency> = {}): Latency {
  return {
    windowSeconds: 300,
    requestsPerSecond: 20,
    p95: 0.08,
    p99: 0.2,
    average: 0.03,
    p95AnHourAgo: 0.08,
    recent: { windowSeconds: 60, requestsPerSecond: 20, p95: 0.08, average: 0.03 },
    byRoute: [{ route: '/orders', p95: 0.09 }],
    byPod: [{ pod: 'a', p95: 0.09 }],
    ...changes,
  };
}

export function idleOf(pid: number, changes: Partial<IdleTransaction> = {}): IdleTransaction {
  return {
    pid,
    backendStart: '2026-11-23T11:00:00.123456Z',
    role: 'hotswap',
    application: 'hotswap-api',
    client: '10.0.0.1',
    state: 'idle in transaction',
    transactionSeconds: 20,
    idleSeconds: 10,
    lastQuery: 'UPDATE orders SET state = ?',
    advisoryLocks: 0,
    directlyBlocks: 0,
    ...changes,
  };
}

export function rootOf(pid: number, changes: Partial<RootBlocker> = {}): RootBlocker {
  return {
    pid,
    backendStart: '2026-11-23T11:00:00.123456Z',
    queryStart: '2026-11-23T11:05:00.654321Z',
    role: 'hotswap',
    application: 'hotswap-api',
    client: '10.0.0.1',
    backendType: 'client backend',
    state: 'idle in transaction',
    query: 'UPDATE orders SET state = ?',
    transactionSeconds: 100,
    inStateSeconds: 95,
    blockedSessions: 5,
    chainDepth: 2,
    waiters: [11, 12, 13, 14, 15],
    longestWaitSeconds: 60,
    heldModes: [],
    wantedLocks: ['transactionid (ShareLock)'],
    advisoryLocks: 0,
    ...changes,
  };
}

export function statementOf(query: string, changes: Partial<SlowestStatement> = {}): SlowestStatement {
  return {
    key: '10:1',
    calls: 50,
    totalMs: 100,
    meanMs: 2,
    rows: 50,
    shareOfDatabaseTime: 0.9,
    shareOfSessions: 0.001,
    query,
    uses: [],
    scans: [],
    planNotSeen: null,
    ...changes,
  };
}

export const sampleAt = (seconds: number) => ({ takenAt: ago(seconds), reading: {} });
