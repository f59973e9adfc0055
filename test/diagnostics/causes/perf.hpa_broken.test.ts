import { describe, expect, it } from 'vitest';
import { hpaBroken as cause } from '../../../src/diagnostics/causes/perf.hpa_broken.ts';
import { adviceOf, concludeFrom, HOT, hpaOf, offersOf } from '../support/facts.ts';

const broken = hpaOf({ active: false, reason: 'FailedGetResourceMetric' });

describe('perf.hpa_broken', () => {
  it('is confirmed where the autoscaler cannot compute and CPU is busy', () => {
    expect(concludeFrom(cause, { ...HOT, ...broken })).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(adviceOf(cause, { ...HOT, ...broken })).toContain('metrics-server');
  });

  it('offers a higher minimum, which an autoscaler keeps even without metrics', () => {
    expect(offersOf(cause, { ...HOT, ...broken })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.hpa_bounds', params: { minReplicas: 6, maxReplicas: 6 } }),
    ]);
  });

  it.each([
    ['there is no autoscaler', HOT],
    ['it works', { ...HOT, ...hpaOf() }],
    ['it is off, because the Deployment is scaled to 0', { ...HOT, ...hpaOf({ active: false, reason: 'ScalingDisabled' }) }],
    ['the pods have CPU left', broken],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));
});
