import { describe, expect, it } from 'vitest';
import { promPods } from '../../../src/diagnostics/checks/prom.pods.ts';
import { type PodErrors, podErrors } from '../../../src/diagnostics/evidence/pod-errors.ts';
import { type Pod, pods } from '../../../src/diagnostics/evidence/pods.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { podOf, threePods } from '../support/samples.ts';

const errors = (failures: readonly number[], changes: Partial<PodErrors> = {}): PodErrors => ({
  windowSeconds: 60,
  pods: failures.map((failuresPerSecond, index) => ({ pod: 'abc'.charAt(index), requestsPerSecond: 5, failuresPerSecond })),
  ratioBefore: 0.001,
  ratioSoonAfter: null,
  ...changes,
});
const judged = (data: PodErrors, all: readonly Pod[] = threePods()) => run(promPods, given(podErrors, data), given(pods, all));

describe('prom.pods', () => {
  it('is well where no pod fails', () => expectNeverOkOverGaps(promPods, given(podErrors, errors([0, 0.01, 0])), given(pods, threePods())));

  it('tells the pods apart, the worst first', () => {
    expect(judged(errors([0, 2, 0.1]))).toMatchObject({
      verdict: 'warn',
      summary: '1 of 3 pods answer more than 5 % of requests with 5xx in the last 60 s: b (40 %).',
      facts: { pods: [{ pod: 'b', errorRatio: 0.4 }, { pod: 'c' }, { pod: 'a' }], newestFailures: 126 },
    });
  });

  it('tells the newest revision from older ones', () => {
    const all = [podOf('a', { revision: 1 }), podOf('b', { revision: 2 }), podOf('c', { revision: 2 })];
    expect(judged(errors([0.05, 2, 2]), all).facts).toMatchObject({ newestRatio: 0.4, olderRatio: 0.01 });
    expect(judged(errors([0, 2, 2])).facts).toMatchObject({ olderRatio: null, ratioBefore: 0.001 });
  });

  it('leaves out pods that are gone, and those that answer next to nothing', () => {
    const gone = { pod: 'gone', requestsPerSecond: 5, failuresPerSecond: 5 };
    const idle = { pod: 'c', requestsPerSecond: 0.1, failuresPerSecond: 0.1 };
    const { pods: two } = errors([0, 0]);
    expect(judged(errors([], { pods: [...two, idle, gone] })).facts?.pods).toEqual([
      expect.objectContaining({ pod: 'a' }),
      expect.objectContaining({ pod: 'b' }),
    ]);
  });

  it('knows nothing without traffic', () => {
    expect(judged(errors([])).verdict).toBe('unknown');
    expect(judged(errors([], { pods: [{ pod: 'a', requestsPerSecond: 0.05, failuresPerSecond: 0 }] })).verdict).toBe('unknown');
  });
});
