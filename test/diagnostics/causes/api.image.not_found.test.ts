import { describe, expect, it } from 'vitest';
import { imageNotFound as cause } from '../../../src/diagnostics/causes/api.image.not_found.ts';
import { itOffersToGoBack, itTellsFailedPulls, pullFails, waitingForImage } from '../support/failed-pulls.ts';
import { wordsForPods } from '../support/pod-facts.ts';

describe('api.image.not_found', () => {
  const SAID = 'registry.example.com/hotswap/api:2.1.0: not found';
  const bad = waitingForImage(pullFails(SAID));

  itTellsFailedPulls(cause, { said: SAID, otherwise: '401 Unauthorized' });
  itOffersToGoBack(cause, SAID);

  it('says that it may be forbidden, unless the repository is known to be readable', () => {
    expect(wordsForPods(cause, bad)).toContain('it is the version that is missing');
    expect(wordsForPods(cause, { ...bad, revisions: { previousImage: 'registry.example.com/other:1' } })).toContain(
      'it is missing, or not permitted',
    );
  });
});
