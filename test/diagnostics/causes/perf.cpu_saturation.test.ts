import { describe, expect, it } from 'vitest';
import { cpuSaturation as cause } from '../../../src/diagnostics/causes/perf.cpu_saturation.ts';
import { adviceOf, concludeFrom, HOT, hpaOf, offersOf, QUICK } from '../support/facts.ts';

describe('perf.cpu_saturation', () => {
  it('is confirmed where most pods are hot and requests are slow', () => {
    expect(concludeFrom(cause, HOT)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
  });

  it('is likely where latency could not be looked at', () => {
    expect(concludeFrom(cause, { ...HOT, latency: null })).toMatchObject({ kind: 'concluded', certainty: 'likely' });
  });

  it('is better supported where traffic has grown', () => {
    const score = (requestsPerSecond: number) => {
      const conclusion = concludeFrom(cause, { ...HOT, traffic: { requestsPerSecond } });
      return conclusion.kind === 'concluded' ? conclusion.score : 0;
    };
    expect(score(60)).toBeGreaterThan(score(20));
  });

  it.each([
    ['one pod of three is hot', { cpu: { hotPods: 1 } }],
    ['nobody waits', { ...HOT, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('is undecided without metrics', () =>
    expect(concludeFrom(cause, { cpu: null })).toMatchObject({ kind: 'undecided', checks: ['k8s.metrics'] }));

  it('offers more replicas where no autoscaler owns them', () => {
    expect(offersOf(cause, HOT)).toEqual([
      expect.objectContaining({ id: 'fix.k8s.scale', params: { replicas: 6 }, reason: expect.stringContaining('cannot be seen') }),
    ]);
  });

  it('offers wider bounds where one does', () => {
    expect(offersOf(cause, { ...HOT, ...hpaOf({ maxReplicas: 4 }) })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.hpa_bounds', params: { minReplicas: 2, maxReplicas: 6 } }),
    ]);
  });

  it('offers nothing beyond the bound of the target, and says so', () => {
    const full = { ...HOT, deployment: { desired: 12 } };
    expect(offersOf(cause, full)).toEqual([]);
    expect(adviceOf(cause, full)).toContain('kubernetes.maxReplicas');
  });

  it('warns where more pods would want more connections than there are', () => {
    expect(adviceOf(cause, { ...HOT, pool: { demand: 200 } })).toContain('Mind the database');
  });
});
