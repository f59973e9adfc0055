import { describe, expect, it } from 'vitest';
import { promErrorRate } from '../../../src/diagnostics/checks/prom.error_rate.ts';
import { type ErrorRate, errorRate } from '../../../src/diagnostics/evidence/error-rate.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const rate = (changes: Partial<ErrorRate> = {}) =>
  given(errorRate, {
    windowSeconds: 300,
    requestsPerSecond: 20,
    serverErrorRatio: 0,
    softErrorRatio: 0.01,
    softErrorRatioAnHourAgo: 0.01,
    tooManyRequestsRatio: 0,
    places: [],
    ...changes,
  });

describe('prom.error_rate', () => {
  it('is well without errors', () => expectNeverOkOverGaps(promErrorRate, rate()));

  it.each([
    ['fail', 'over 5 % fail', { serverErrorRatio: 0.06 }],
    ['warn', 'over 5 % of very few requests fail', { serverErrorRatio: 0.06, requestsPerSecond: 0.5 }],
    ['warn', 'over 1 % fail', { serverErrorRatio: 0.02 }],
    ['ok', 'exactly 1 % fail', { serverErrorRatio: 0.01 }],
    ['warn', 'a database outage shows as 409', { softErrorRatio: 0.35 }],
    ['ok', 'as many 409 as an hour ago', { softErrorRatio: 0.35, softErrorRatioAnHourAgo: 0.3 }],
    ['unknown', 'there is no traffic', { serverErrorRatio: null, requestsPerSecond: null }],
    ['unknown', 'there is hardly any traffic', { requestsPerSecond: 0.1 }],
  ])('is %s where %s', (verdict, _, changes) => expect(run(promErrorRate, rate(changes)).verdict).toBe(verdict));
});
