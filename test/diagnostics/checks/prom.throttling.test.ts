import { describe, expect, it } from 'vitest';
import { promThrottling } from '../../../src/diagnostics/checks/prom.throttling.ts';
import { throttling } from '../../../src/diagnostics/evidence/throttling.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const held = (ratio: number | null) =>
  given(throttling, { windowSeconds: 300, cpuLimit: ratio === null ? null : '500m', ratio, ratioRecently: ratio });

describe('prom.throttling', () => {
  it('is well where the container is hardly held back', () => expectNeverOkOverGaps(promThrottling, held(0.1)));

  it.each([
    [0.25, 'ok'],
    [0.26, 'warn'],
    [0.51, 'fail'],
    [null, 'not-applicable'],
  ])('at %s is %s', (ratio, verdict) => expect(run(promThrottling, held(ratio)).verdict).toBe(verdict));
});
