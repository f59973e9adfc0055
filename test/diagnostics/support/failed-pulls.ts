import { expect, it } from 'vitest';
import type { Cause } from '../../../src/diagnostics/types.ts';
import { concludePods, offersForPods, oneOfThree, podsFacts, ROLLED_OUT, wordsForPods } from './pod-facts.ts';

const IMAGE = 'registry.example.com/hotswap/api:2.1.0';

/** One of three pods waits for its image, with what the kubelet says of it. */
export const waitingForImage = (message: string, reason = 'ErrImagePull') => ({
  pods: oneOfThree({ state: 'image', container: 'hotswap', image: IMAGE, reason, message }),
});

/** What the kubelet says of a pull, with the registry's own words at its end. */
export const pullFails = (said: string): string =>
  `failed to pull and unpack image "${IMAGE}": failed to resolve reference "${IMAGE}": ${said}`;

/** What holds of each cause of failing pulls. `said`: at the end of the kubelet's message. `otherwise`: what is another cause. */
export function itTellsFailedPulls(cause: Cause, { said, otherwise }: { said: string; otherwise: string }): void {
  const text = pullFails(said);
  const bad = waitingForImage(text);

  it('is confirmed by what the kubelet says of the pull', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(concludePods(cause, { ...bad, events: null }).kind).toBe('concluded');
    expect(wordsForPods(cause, bad)).toContain(IMAGE.split(':')[0]);
  });

  it('is found in the events where the kubelet says no more than that it backs off', () => {
    const silent = waitingForImage(`Back-off pulling image "${IMAGE}"`, 'ImagePullBackOff');
    const pulls = [
      { pod: 'c', note: 'Error: ImagePullBackOff', secondsAgo: 3 },
      { pod: 'c', note: `Failed to pull image "${IMAGE}": ${text}`, secondsAgo: 9 },
    ];
    expect(concludePods(cause, { ...silent, events: { pulls } }).kind).toBe('concluded');
    expect(concludePods(cause, { ...silent, events: null }).kind).toBe('undecided');
    expect(concludePods(cause, silent).kind).toBe('ruled-out');
  });

  it.each([
    ['no pod waits for an image', { pods: podsFacts() }],
    ['the kubelet says something else', waitingForImage(otherwise)],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));
}

/** What holds, beside it, of those that a rollout may have brought. */
export function itOffersToGoBack(cause: Cause, said: string): void {
  const bad = waitingForImage(pullFails(said));

  it('offers to go back where a recent revision brought it, and not otherwise', () => {
    expect(offersForPods(cause, { ...bad, revisions: ROLLED_OUT })).toEqual([
      expect.objectContaining({ id: 'fix.k8s.rollback', params: { revision: 6 } }),
    ]);
    expect(wordsForPods(cause, { ...bad, revisions: ROLLED_OUT })).toContain('rollout undo deployment/hotswap-api --to-revision=6');
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, changes: [] } })).toEqual([]);
    expect(offersForPods(cause, { ...bad, revisions: { ...ROLLED_OUT, olderFailing: 1 } })).toEqual([]);
  });
}
