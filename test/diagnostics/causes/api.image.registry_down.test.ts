import { describe, expect, it } from 'vitest';
import { registryDown as cause } from '../../../src/diagnostics/causes/api.image.registry_down.ts';
import { concludePods, offersForPods, oneOfThree, podsFacts, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.image.registry_down', () => {
  const IMAGE = 'registry.example.com/hotswap/api:2.1.0';
  const waiting = (message: string, reason = 'ErrImagePull') => ({
    pods: oneOfThree({ state: 'image', container: 'hotswap', image: IMAGE, reason, message }),
  });
  const TEXT = `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": failed to do request: Head "https://registry.example.com/v2/": dial tcp 203.0.113.40:443: i/o timeout`;
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

  it('does not take the release back: it is not what is wrong', () => {
    expect(offersForPods(cause, { ...bad, revisions: ROLLED_OUT })).toEqual([]);
    expect(wordsForPods(cause, bad)).toContain('See whether registry.example.com is up');
    expect(wordsForPods(cause, bad)).toContain('Leave the pods that run alone');
  });
});
