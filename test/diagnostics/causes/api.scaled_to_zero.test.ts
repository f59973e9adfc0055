import { describe, expect, it } from 'vitest';
import { scaledToZero as cause } from '../../../src/diagnostics/causes/api.scaled_to_zero.ts';
import { concludePods, offersForPods, podsFacts, wordsForPods } from '../support/pod-facts.ts';

describe('api.scaled_to_zero', () => {
  const bad = { deployment: { desired: 0, ready: 0, available: 0, updated: 0 }, pods: podsFacts() };

  it('is confirmed where no replica is wanted, and asks whether that is meant', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(wordsForPods(cause, bad)).toContain('Ask in the channel whether this is maintenance');
  });

  it('is ruled out where some are', () => expect(concludePods(cause).kind).toBe('ruled-out'));

  it.each([
    ['the event', { events: { scaledDownFrom: 3 }, revisions: { lastDesired: 4 } }, 3],
    ['an older revision', { revisions: { lastDesired: 4 } }, 4],
    ['an older revision, without events', { events: null, revisions: { lastDesired: 4 } }, 4],
    ['the autoscaler', { hpa: { minReplicas: 2 } }, 2],
    ['more than may be', { revisions: { lastDesired: 40 } }, 12],
  ])('offers as many as there were: %s', (_, changes, replicas) => {
    expect(offersForPods(cause, { ...bad, ...changes })).toEqual([expect.objectContaining({ id: 'fix.k8s.scale', params: { replicas } })]);
  });

  it('offers nothing where nobody remembers', () => {
    expect(offersForPods(cause, bad)).toEqual([]);
    expect(wordsForPods(cause, bad)).toContain('--replicas=N');
  });
});
