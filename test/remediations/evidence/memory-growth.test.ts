import { describe, expect, it } from 'vitest';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { type MemoryTrend, memoryTrend } from '../../../src/diagnostics/evidence/memory-trend.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { replicaSets } from '../../../src/diagnostics/evidence/replicasets.ts';
import type { Collected, Source } from '../../../src/diagnostics/types.ts';
import { memoryGrowth } from '../../../src/remediations/evidence/memory-growth.ts';
import { ago, given, NOW, settings, target } from '../../diagnostics/support/evidence.ts';
import { deploymentOf, podOf } from '../../diagnostics/support/samples.ts';

const HOUR = 3_600;
const line = (perHour: number) =>
  Array.from({ length: 60 }, (_, index) => ({ at: NOW.getTime() / 1_000 - 2 * HOUR + index * 120, value: 1_000 + (perHour * index) / 30 }));
const old = ['a', 'b', 'c'].map((name) => {
  const pod = podOf(name, { createdAt: ago(6 * HOUR) });
  return { ...pod, containers: pod.containers.map((container) => ({ ...container, startedAt: ago(6 * HOUR) })) };
});

function read(growth: readonly number[], from: MemoryTrend['from'] = 'cadvisor') {
  const memories = old.map(({ name }, index) => ({
    pod: name,
    floor: line(growth[index] ?? 0),
    peak: null,
    heapFloor: [],
    heapPeak: null,
  }));
  const evidence: Collected<unknown>[] = [
    given(memoryTrend, { windowSeconds: 2 * HOUR, stepSeconds: 120, from, pods: memories }),
    given(pods, old),
    given(deployment, deploymentOf()),
    given(replicaSets, []),
  ];
  const require = async <Data>(source: Source<Data>) => evidence.find((one) => one.source === source.id) as Collected<Data>;
  const { thresholds, diagnostics } = settings;
  const rest = { clients: {} as never, windowSeconds: 60, statementSamples: [], signal: AbortSignal.timeout(1_000) };
  return memoryGrowth.collect({ require, target, thresholds, diagnostics, now: NOW, question: {}, ...rest });
}

describe('growth of memory', () => {
  it.each<[string, readonly number[], boolean]>([
    ['most pods grow', [100, 100, 0], true],
    ['one pod grows', [100, 0, 0], false],
    ['all come back to the same floor', [0, 0, 0], false],
  ])('where %s', async (_, growth, growing) => {
    expect(await read(growth)).toMatchObject({ complete: true, data: { growing } });
  });

  it('cannot be told where Prometheus has no memory of the pods', async () => {
    expect(await read([0, 0, 0], 'nowhere')).toMatchObject({
      complete: false,
      gap: { message: expect.stringContaining('cannot be told') },
    });
  });
});
