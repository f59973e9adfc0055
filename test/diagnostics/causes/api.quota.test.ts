import { describe, expect, it } from 'vitest';
import { quotaExceeded as cause } from '../../../src/diagnostics/causes/api.quota.ts';
import { concludePods, wordsForPods } from '../support/pod-facts.ts';

describe('api.quota', () => {
  const TEXT = 'pods "x" is forbidden: exceeded quota: compute, requested: pods=1, used: pods=3, limited: pods=3';
  const lacking = { desired: 5, available: 3, updated: 3, rollingOut: true };

  it.each([
    ['the Deployment', { deployment: { ...lacking, replicaFailure: TEXT } }],
    ['its ReplicaSet', { deployment: lacking, revisions: { failure: TEXT } }],
    [
      'an event',
      {
        deployment: lacking,
        events: { refused: [{ object: 'ReplicaSet rs', note: `Error creating: ${TEXT}`, count: 3, secondsAgo: 20 }] },
      },
    ],
  ])('is confirmed where %s says so', (_, changes) => {
    expect(concludePods(cause, changes)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(wordsForPods(cause, changes)).toContain(
      'exceeded quota: compute, requested: pods=1, used: pods=3, limited: pods=3. 3 of 5 replicas are available',
    );
  });

  it('names the limit range that is broken', () => {
    const breaches = [{ name: 'tenant', text: 'container hotswap has the memory limit 512Mi, above 384Mi' }];
    expect(wordsForPods(cause, { deployment: lacking, quota: { breaches } })).toContain(
      'change limit range tenant, or keep within it: container hotswap has',
    );
  });

  it.each([
    ['no pod is lacking', { events: { refused: [{ object: 'x', note: TEXT, count: 1, secondsAgo: 20 }] } }],
    ['pods are refused for another reason', { deployment: { ...lacking, replicaFailure: 'serviceaccount "x" not found' } }],
    [
      'they were refused long ago',
      { deployment: lacking, events: { refused: [{ object: 'x', note: TEXT, count: 1, secondsAgo: 1_500 }] } },
    ],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));
});
