import { describe, expect, it } from 'vitest';
import { hpaAtMaximum as cause } from '../../../src/diagnostics/causes/perf.hpa_at_max.ts';
import { concludeFrom, HOT, hpaOf, offersOf, QUICK } from '../support/facts.ts';

const limited = hpaOf({ maxReplicas: 3, atMaximum: true, limited: true, reason: 'TooManyReplicas' });

describe('perf.hpa_at_max', () => {
  it('is confirmed where the autoscaler wants more than its maximum and CPU is busy', () => {
    expect(concludeFrom(cause, { ...HOT, ...limited })).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(offersOf(cause, { ...HOT, ...limited })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.hpa_bounds', params: { minReplicas: 2, maxReplicas: 6 } }),
    ]);
  });

  it.each([
    ['there is no autoscaler', HOT],
    ['there is room', { ...HOT, ...hpaOf() }],
    ['it wants no more', { ...HOT, ...hpaOf({ maxReplicas: 3, atMaximum: true }) }],
    ['the pods have CPU left', limited],
    ['nobody waits', { ...HOT, ...limited, ...QUICK }],
  ])('is ruled out where %s', (_, changes) => expect(concludeFrom(cause, changes).kind).toBe('ruled-out'));

  it('explains that the pods have no CPU left', () => expect(cause.explains).toContain('perf.cpu_saturation'));
});
