import { describe, expect, it } from 'vitest';
import { unschedulable as cause } from '../../../src/diagnostics/causes/api.unschedulable.ts';
import { concludePods, offersForPods, oneOfThree, podsFacts, wordsForPods } from '../support/pod-facts.ts';

describe('api.unschedulable', () => {
  const waiting = (message: string) => ({
    pods: oneOfThree({ state: 'unschedulable', node: null, reason: 'Unschedulable', message, ageSeconds: 90 }),
  });
  const bad = waiting(
    '0/3 nodes are available: 1 node(s) had untolerated taint {maintenance: true}, 2 Insufficient cpu. preemption: 0/3 nodes are available.',
  );

  it('is confirmed by what the scheduler says, obstacle by obstacle', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    const words = wordsForPods(cause, bad);
    expect(words).toContain(
      'None of 3 nodes has taken c for 90 s. 2 nodes: not enough CPU is unreserved there (Insufficient cpu); 1 node: tainted',
    );
    expect(words).toContain('free CPU requests');
    expect(words).toContain('taint away');
  });

  it('says that pods that must not share a node need as many nodes', () => {
    expect(wordsForPods(cause, waiting("0/3 nodes are available: 3 node(s) didn't match pod anti-affinity rules."))).toContain(
      'the surge of a rollout included',
    );
  });

  it('is ruled out where all pods have a node', () => expect(concludePods(cause, { pods: podsFacts() }).kind).toBe('ruled-out'));

  it('offers to scale down to what fits, where nothing is being rolled out and those that run are ready', () => {
    const asked = { ...bad, deployment: { desired: 3, ready: 2, available: 2 } };
    expect(offersForPods(cause, asked)).toEqual([expect.objectContaining({ id: 'fix.k8s.scale', params: { replicas: 2 } })]);
    expect(offersForPods(cause, { ...asked, deployment: { desired: 3, ready: 2, rollingOut: true } })).toEqual([]);
    expect(offersForPods(cause, { ...asked, deployment: { desired: 3, ready: 1 } })).toEqual([]);
  });
});
