import { describe, expect, it } from 'vitest';
import { promMemoryTrend } from '../../../src/diagnostics/checks/prom.memory_trend.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { type MemoryTrend, memoryTrend } from '../../../src/diagnostics/evidence/memory-trend.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { replicaSets } from '../../../src/diagnostics/evidence/replicasets.ts';
import { ago, expectNeverOkOverGaps, type Given, given, NOW, run } from '../support/evidence.ts';
import { deploymentOf, podOf } from '../support/samples.ts';

const MIB = 2 ** 20;
const HOUR = 3_600;

/** A point each two minutes over the last hours. */
function line(from: number, perHour: number, hours = 2) {
  const now = NOW.getTime() / 1_000;
  return Array.from({ length: hours * 30 }, (_, index) => {
    const at = now - hours * HOUR + index * 120;
    return { at, value: (from + perHour * (hours + (at - now) / HOUR)) * MIB };
  });
}

type PodMemory = MemoryTrend['pods'][number];
const memoryOf = (pod: string, perHour: number, heapPerHour = perHour, changes: Partial<PodMemory> = {}): PodMemory => ({
  pod,
  floor: line(220, perHour),
  peak: 260 * MIB,
  heapFloor: line(80, heapPerHour),
  heapPeak: 130 * MIB,
  ...changes,
});
const names = ['a', 'b', 'c'];
const old = names.map((name) => {
  const pod = podOf(name, { createdAt: ago(6 * HOUR) });
  return { ...pod, containers: pod.containers.map((container) => ({ ...container, startedAt: ago(6 * HOUR) })) };
});
const trend = (memories: readonly PodMemory[]) =>
  given(memoryTrend, { windowSeconds: 7_200, stepSeconds: 120, from: memories.length === 0 ? 'nowhere' : 'cadvisor', pods: memories });
const revision = (memoryLimit: string) => ({
  name: 'r',
  uid: 'r',
  revision: 1,
  createdAt: ago(6 * HOUR),
  images: ['hotswap:1'],
  template: {
    containers: [
      {
        name: 'hotswap',
        image: 'hotswap:1',
        cpuRequest: null,
        cpuLimit: null,
        memoryRequest: null,
        memoryLimit,
        variables: [],
        readiness: null,
        liveness: null,
        startup: null,
      },
    ],
    initContainers: [],
    pullSecrets: [],
    restartedAt: null,
  },
  changeCause: null,
  desired: 3,
  deploymentDesired: 3,
  replicas: 3,
  ready: 3,
  failure: null,
});
const around = (changes: readonly Given[] = []): Given[] => [
  given(pods, old),
  given(deployment, deploymentOf()),
  given(replicaSets, [revision('512Mi')]),
  ...changes,
];

describe('prom.memory_trend', () => {
  it('is well where memory comes back to the same floor', () => {
    expectNeverOkOverGaps(promMemoryTrend, trend(names.map((name) => memoryOf(name, 1))), ...around());
  });

  it('warns where most pods grow, and fails where the limit is near', () => {
    const slow = run(promMemoryTrend, trend(names.map((name) => memoryOf(name, 20))), ...around());
    expect(slow).toMatchObject({ verdict: 'warn', facts: { growingPods: 3, measuredPods: 3, limitBytes: 512 * MIB } });
    expect(run(promMemoryTrend, trend(names.map((name) => memoryOf(name, 100))), ...around()).verdict).toBe('fail');
  });

  it('tells the heap apart from the whole process', () => {
    const { facts } = run(promMemoryTrend, trend(names.map((name) => memoryOf(name, 40, 0))), ...around());
    expect(facts).toMatchObject({ growthPerHourBytes: expect.closeTo(40 * MIB, -3), heapGrowthPerHourBytes: expect.closeTo(0, -3) });
  });

  it('does not count what a container used before its last start', () => {
    const young = old.map((pod) => ({ ...pod, containers: pod.containers.map((container) => ({ ...container, startedAt: ago(600) })) }));
    const result = run(promMemoryTrend, trend(names.map((name) => memoryOf(name, 60))), given(pods, young), ...around().slice(1));
    expect(result).toMatchObject({ verdict: 'not-applicable', facts: { measuredPods: 0, youngPods: 3 } });
  });

  it('warns of a plateau just below the limit', () => {
    const plateau = names.map((name) => memoryOf(name, 1, 0, { floor: line(470, 1), heapPeak: null }));
    expect(run(promMemoryTrend, trend(plateau), ...around())).toMatchObject({ verdict: 'warn', facts: { plateauPods: 3 } });
  });

  it('warns where the heap is at its own limit, however young the pods are', () => {
    const limited = deploymentOf({ variables: [{ name: 'DOTNET_GCHeapHardLimit', kind: 'literal', value: '0x8000000', hash: null }] });
    const result = run(
      promMemoryTrend,
      trend(names.map((name) => memoryOf(name, 1))),
      given(pods, old),
      given(deployment, limited),
      given(replicaSets, []),
    );
    expect(result).toMatchObject({ verdict: 'warn', facts: { heapLimitBytes: 128 * MIB, heapLimitFrom: 'DOTNET_GCHeapHardLimit' } });
  });

  it('remembers what pods that are gone used, and the limit that they had', () => {
    const revisions = given(replicaSets, [revision('200Mi'), revision('512Mi')]);
    const result = run(
      promMemoryTrend,
      trend([...names.map((name) => memoryOf(name, 1)), memoryOf('gone', 1, 1, { peak: 300 * MIB })]),
      given(pods, old),
      given(deployment, deploymentOf()),
      revisions,
    );
    expect(result.facts).toMatchObject({ earlierPeakBytes: 300 * MIB, earlierLimitBytes: 512 * MIB, peakBytes: 260 * MIB });
  });

  it('knows nothing where Prometheus has no memory of the pods', () => {
    expect(run(promMemoryTrend, trend([]), ...around()).verdict).toBe('unknown');
  });
});
