import { describe, expect, it } from 'vitest';
import { imageAuth as cause } from '../../../src/diagnostics/causes/api.image.auth.ts';
import { itOffersToGoBack, itTellsFailedPulls, pullFails, waitingForImage } from '../support/failed-pulls.ts';
import { wordsForPods } from '../support/pod-facts.ts';

describe('api.image.auth', () => {
  const SAID =
    'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed';
  const bad = waitingForImage(pullFails(SAID));

  itTellsFailedPulls(cause, { said: SAID, otherwise: 'manifest unknown' });
  itOffersToGoBack(cause, SAID);

  it('leaves open what the registry leaves open, and says what the pods pull with', () => {
    expect(wordsForPods(cause, bad)).toContain('It does not say whether the image is missing or not permitted');
    expect(wordsForPods(cause, bad)).toContain('names no imagePullSecrets');
    expect(wordsForPods(cause, { ...bad, deployment: { pullSecrets: ['registry'] } })).toContain('pulls with registry');
    expect(wordsForPods(cause, waitingForImage('unexpected status: 401 Unauthorized'))).not.toContain('missing or not permitted');
  });
});
