import { k8sDeployment } from '../../../src/diagnostics/checks/k8s.deployment.ts';
import { k8sHpa } from '../../../src/diagnostics/checks/k8s.hpa.ts';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { k8sMetrics } from '../../../src/diagnostics/checks/k8s.metrics.ts';
import { k8sPods } from '../../../src/diagnostics/checks/k8s.pods.ts';
import { promMemoryTrend } from '../../../src/diagnostics/checks/prom.memory_trend.ts';
import { promTraffic } from '../../../src/diagnostics/checks/prom.traffic.ts';
import type { Conclusion } from '../../../src/diagnostics/conclude.ts';
import type { Facts } from '../../../src/diagnostics/report.ts';
import type { Cause, Check, ConclusionContext, FactsOf } from '../../../src/diagnostics/types.ts';
import { concludeOver, contextOver } from './facts.ts';

/** Facts for causes about memory: pods that are well. Tests change what they are about; null: could not look. */

type PodState = FactsOf<typeof k8sPods>['states'][number];

const MIB = 2 ** 20;

interface Situation {
  readonly trend: FactsOf<typeof promMemoryTrend>;
  readonly pods: Pick<FactsOf<typeof k8sPods>, 'states'>;
  readonly hpa: Pick<
    FactsOf<typeof k8sHpa>,
    | 'present'
    | 'name'
    | 'maxReplicas'
    | 'currentReplicas'
    | 'atMaximum'
    | 'driver'
    | 'cpuCurrentPercent'
    | 'cpuTargetPercent'
    | 'memoryCurrentPercent'
    | 'memoryTargetPercent'
  >;
  readonly cpu: Pick<FactsOf<typeof k8sMetrics>, 'cpuMeanRatio' | 'cpuOf' | 'cpuWarnRatio'>;
  readonly logs: Pick<FactsOf<typeof k8sLogs>, 'signatures'>;
  readonly traffic: Pick<FactsOf<typeof promTraffic>, 'requestsPerSecond' | 'requestsPerSecondAnHourAgo'>;
  readonly deployment: Pick<FactsOf<typeof k8sDeployment>, 'container'>;
}

const CHECKS: { readonly [Name in keyof Situation]: Check } = {
  trend: promMemoryTrend,
  pods: k8sPods,
  hpa: k8sHpa,
  cpu: k8sMetrics,
  logs: k8sLogs,
  traffic: promTraffic,
  deployment: k8sDeployment,
};

const WELL: Situation = {
  trend: {
    windowSeconds: 7_200,
    measuredPods: 3,
    youngPods: 0,
    growingPods: 0,
    warnPerHourRatio: 0.05,
    growthPerHourBytes: MIB,
    growthPerHourRatio: 0.005,
    heapGrowthPerHourBytes: 0,
    highestFloorBytes: 220 * MIB,
    peakBytes: 240 * MIB,
    limitBytes: 512 * MIB,
    plateauPods: 0,
    plateauRatio: 0.85,
    hoursToLimit: 300,
    forecastHours: 4,
    earlierPeakBytes: null,
    earlierLimitBytes: null,
    heapPeakBytes: 110 * MIB,
    heapLimitBytes: 384 * MIB,
    heapLimitFrom: "the container's limit",
    heapFullRatio: 0.85,
  },
  pods: { states: ['a', 'b', 'c'].map((pod) => stateOf(pod)) },
  hpa: {
    present: false,
    name: null,
    maxReplicas: null,
    currentReplicas: null,
    atMaximum: false,
    driver: null,
    cpuCurrentPercent: null,
    cpuTargetPercent: null,
    memoryCurrentPercent: null,
    memoryTargetPercent: null,
  },
  cpu: { cpuMeanRatio: 0.3, cpuOf: 'limit', cpuWarnRatio: 0.75 },
  logs: { signatures: [] },
  traffic: { requestsPerSecond: 20, requestsPerSecondAnHourAgo: 20 },
  deployment: { container: 'hotswap' },
};

export function stateOf(pod: string, changes: Partial<PodState> = {}): PodState {
  return {
    pod,
    state: 'ready',
    revision: 3,
    node: 'node-1',
    container: 'hotswap',
    image: 'hotswap:1',
    reason: '',
    message: '',
    restarts: 0,
    exitCode: null,
    endedSecondsAgo: null,
    ageSeconds: 86_400,
    ...changes,
  };
}

export const killedYoung = (...pods: readonly string[]): PodState[] =>
  pods.map((pod) => stateOf(pod, { state: 'oom', exitCode: 137, restarts: 2, ageSeconds: 120, endedSecondsAgo: 5 }));

type MemoryChanges = { readonly [Name in keyof Situation]?: Partial<Situation[Name]> | null };

function entries(changes: MemoryChanges): (readonly [Check, Facts | null])[] {
  const names = Object.keys(WELL) as (keyof Situation)[];
  return names.map((name) => [CHECKS[name], changes[name] === null ? null : { ...WELL[name], ...changes[name] }]);
}

export const concludeMemory = (cause: Cause, changes: MemoryChanges = {}): Conclusion => concludeOver(cause, entries(changes));
export const memoryContext = (changes: MemoryChanges = {}): ConclusionContext => contextOver(entries(changes));

/** All pods grow by 40 MiB an hour, the heap by so much of it. */
export const growing = (heapShare: number): MemoryChanges => ({
  trend: {
    growingPods: 3,
    growthPerHourBytes: 40 * MIB,
    growthPerHourRatio: 0.12,
    heapGrowthPerHourBytes: 40 * MIB * heapShare,
    hoursToLimit: 3,
  },
});

export const mebibytes = (count: number): number => count * MIB;
