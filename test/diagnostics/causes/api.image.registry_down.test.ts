import { describe, expect, it } from 'vitest';
import { registryDown as cause } from '../../../src/diagnostics/causes/api.image.registry_down.ts';
import { itTellsFailedPulls, pullFails, waitingForImage } from '../support/failed-pulls.ts';
import { offersForPods, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.image.registry_down', () => {
  const SAID = 'failed to do request: Head "https://registry.example.com/v2/": dial tcp 203.0.113.40:443: i/o timeout';
  const bad = waitingForImage(pullFails(SAID));

  itTellsFailedPulls(cause, { said: SAID, otherwise: 'manifest unknown' });

  it('does not take the release back: it is not what is wrong', () => {
    expect(offersForPods(cause, { ...bad, revisions: ROLLED_OUT })).toEqual([]);
    expect(wordsForPods(cause, bad)).toContain('See whether registry.example.com is up');
    expect(wordsForPods(cause, bad)).toContain('Leave the pods that run alone');
  });
});
