import { describe, expect, it } from 'vitest';
import { missingReferenceCause as cause } from '../../../src/diagnostics/causes/api.config.missing_ref.ts';
import { concludePods, offersForPods, oneOfThree, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.config.missing_ref', () => {
  const bad = {
    pods: oneOfThree({
      state: 'config',
      reason: 'CreateContainerConfigError',
      message: "couldn't find key token in Secret default/api-credentials",
    }),
  };
  const mount = { pod: 'c', note: 'MountVolume.SetUp failed for volume "v" : configmap "settings" not found', secondsAgo: 10 };

  it('is confirmed where a container names what it lacks', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(wordsForPods(cause, bad)).toContain('key token of Secret api-credentials does not exist');
    expect(wordsForPods(cause, bad)).toContain('kubectl --namespace default describe secret api-credentials');
  });

  it('is seen without events, and from a volume that cannot be mounted', () => {
    expect(concludePods(cause, { ...bad, events: null }).kind).toBe('concluded');
    const waiting = { pods: oneOfThree({ state: 'starting' }), events: { mounts: [mount] } };
    expect(concludePods(cause, waiting).kind).toBe('concluded');
    expect(wordsForPods(cause, waiting)).toContain('ConfigMap settings does not exist');
  });

  it.each([
    [
      'the container cannot be created for another reason',
      { pods: oneOfThree({ state: 'config', message: 'container has runAsNonRoot' }) },
    ],
    ['the pod has got over it', { events: { mounts: [mount] } }],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));

  it('offers to go back where a recent revision brought it, and not otherwise', () => {
    expect(offersForPods(cause, { ...bad, revisions: ROLLED_OUT })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.rollback', params: { revision: 6 } }),
    ]);
    expect(wordsForPods(cause, { ...bad, revisions: ROLLED_OUT })).toContain('rollout undo deployment/hotswap-api --to-revision=6');
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, changes: [] } })).toEqual([]);
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, olderFailing: 1 } })).toEqual([]);
  });
});
