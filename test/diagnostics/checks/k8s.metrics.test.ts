import { describe, expect, it } from 'vitest';
import { k8sMetrics } from '../../../src/diagnostics/checks/k8s.metrics.ts';
import { podMetrics } from '../../../src/diagnostics/evidence/pod-metrics.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { podOf, threePods } from '../support/samples.ts';

const MIB = 2 ** 20;
/** The pods may use half a core and 512 MiB. */
const usage = (cores: readonly number[], memoryMib = 200, ageSeconds = 20) =>
  given(
    podMetrics,
    cores.map((cpuCores, index) => ({
      pod: ['a', 'b', 'c'][index] ?? '',
      at: ago(ageSeconds),
      containers: [{ name: 'hotswap', cpuCores, memoryBytes: memoryMib * MIB }],
    })),
  );
const three = given(pods, threePods());

describe('k8s.metrics', () => {
  it('is well where the pods have room', () => expectNeverOkOverGaps(k8sMetrics, usage([0.1, 0.1, 0.1]), three));

  it.each([
    ['fail', 'most pods are hot', usage([0.49, 0.48, 0.1])],
    ['warn', 'one pod is hot', usage([0.49, 0.1, 0.1])],
    ['warn', 'pods are warm', usage([0.4, 0.4, 0.4])],
    ['fail', 'memory is nearly used up', usage([0.1, 0.1, 0.1], 480)],
    ['unknown', 'the metrics are old', usage([0.1, 0.1, 0.1], 200, 180)],
    ['unknown', 'most pods are not measured', usage([0.1])],
    ['unknown', 'no pod is measured', usage([])],
  ])('is %s where %s', (verdict, _, metrics) => expect(run(k8sMetrics, metrics, three).verdict).toBe(verdict));

  it('holds CPU against the request where there is no limit', () => {
    const [first] = podOf('a').resources;
    if (first === undefined) throw new Error('a pod has resources');
    const unlimited = ['a', 'b', 'c'].map((name) => podOf(name, { resources: [{ ...first, cpuLimit: null }] }));
    expect(run(k8sMetrics, usage([0.3, 0.3, 0.3]), given(pods, unlimited))).toMatchObject({ verdict: 'fail', facts: { cpuOf: 'request' } });
  });
});
