import { describe, expect, it } from 'vitest';
import { imageAuth as cause } from '../../../src/diagnostics/causes/api.image.auth.ts';
import { concludePods, offersForPods, oneOfThree, podsFacts, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.image.auth', () => {
  const IMAGE = 'registry.example.com/hotswap/api:2.1.0';
  const waiting = (message: string, reason = 'ErrImagePull') => ({
    pods: oneOfThree({ state: 'image', container: 'hotswap', image: IMAGE, reason, message }),
  });
  const TEXT = `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed`;
  const bad = waiting(TEXT);

  it('is confirmed by what the kubelet says of the pull', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(concludePods(cause, { ...bad, events: null }).kind).toBe('concluded');
    expect(wordsForPods(cause, bad)).toContain(IMAGE.split(':')[0]);
  });

  it('is found in the events where the kubelet says no more than that it backs off', () => {
    const silent = waiting(`Back-off pulling image "${IMAGE}"`, 'ImagePullBackOff');
    const pulls = [
      { pod: 'c', note: 'Error: ImagePullBackOff', secondsAgo: 3 },
      { pod: 'c', note: `Failed to pull image "${IMAGE}": ${TEXT}`, secondsAgo: 9 },
    ];
    expect(concludePods(cause, { ...silent, events: { pulls } }).kind).toBe('concluded');
    expect(concludePods(cause, { ...silent, events: null }).kind).toBe('undecided');
    expect(concludePods(cause, silent).kind).toBe('ruled-out');
  });

  it.each([
    ['no pod waits for an image', { pods: podsFacts() }],
    ['the kubelet says something else', waiting('manifest unknown')],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));

  it('leaves open what the registry leaves open, and says what the pods pull with', () => {
    expect(wordsForPods(cause, bad)).toContain('It does not say whether the image is missing or not permitted');
    expect(wordsForPods(cause, bad)).toContain('names no imagePullSecrets');
    expect(wordsForPods(cause, { ...bad, deployment: { pullSecrets: ['registry'] } })).toContain('pulls with registry');
    expect(wordsForPods(cause, waiting('unexpected status: 401 Unauthorized'))).not.toContain('missing or not permitted');
  });

  it('offers to go back where a recent revision brought it, and not otherwise', () => {
    expect(offersForPods(cause, { ...bad, revisions: ROLLED_OUT })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.rollback', params: { revision: 6 } }),
    ]);
    expect(wordsForPods(cause, { ...bad, revisions: ROLLED_OUT })).toContain('rollout undo deployment/hotswap-api --to-revision=6');
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, changes: [] } })).toEqual([]);
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, olderFailing: 1 } })).toEqual([]);
  });
});
