import { describe, expect, it } from 'vitest';
import { oneBadPod as cause } from '../../../src/diagnostics/causes/app.one_bad_pod.ts';
import { concludePods, looping, offersForPods, podFact, podsFacts, wordsForPods } from '../support/pod-facts.ts';

describe('app.one_bad_pod', () => {
  const answering = (...ratios: number[]) => ({
    errors: { pods: ratios.map((errorRatio, index) => ({ pod: 'cab'.charAt(index), revision: 7, requestsPerSecond: 5, errorRatio })) },
  });
  const bad = answering(0.4, 0.01, 0);

  it('is confirmed where one pod fails and the others of its revision do not', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(wordsForPods(cause, bad)).toContain('c answers 40 % of its requests with 5xx');
    expect(wordsForPods(cause, bad)).toContain('kubectl cordon node-1');
  });

  it('is likely where one pod does not run, whatever the traffic', () => {
    expect(concludePods(cause, { pods: looping(), errors: null })).toMatchObject({ kind: 'concluded', certainty: 'likely' });
  });

  it.each([
    ['all fail', answering(0.4, 0.35, 0.3)],
    ['none does', answering(0.02, 0, 0)],
    [
      'it is alone in its revision',
      { errors: { pods: [{ pod: 'c', revision: 8, requestsPerSecond: 5, errorRatio: 0.4 }, ...answering(0.01, 0).errors.pods] } },
    ],
    ['two do not run', { pods: podsFacts(podFact('a'), podFact('b', { state: 'oom' }), podFact('c', { state: 'oom' })) }],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));

  it('is undecided with two pods: they cannot outvote each other', () =>
    expect(concludePods(cause, answering(0.4, 0)).kind).toBe('undecided'));

  it('offers to let another take its place', () => {
    expect(offersForPods(cause, bad)).toEqual([expect.objectContaining({ id: 'fix.k8s.evict_pod', params: { pod: 'c' } })]);
    expect(offersForPods(cause, { pods: looping() })).toEqual([expect.objectContaining({ params: { pod: 'c' } })]);
  });
});
