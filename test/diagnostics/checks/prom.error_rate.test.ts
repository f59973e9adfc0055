import { describe, expect, it } from 'vitest';
import { promErrorRate } from '../../../src/diagnostics/checks/prom.error_rate.ts';
import { type ErrorRate, errorRate } from '../../../src/diagnostics/evidence/error-rate.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { errorRateOf } from '../support/samples.ts';

const rate = (changes: Partial<ErrorRate> = {}) => given(errorRate, errorRateOf(changes));
const code = (name: string, ratio: number, changes: Partial<ErrorRate['codes'][number]> = {}): Partial<ErrorRate> => ({
  codes: [{ code: name, ratio, ratioRecently: ratio, ratioAnHourAgo: 0.01, ...changes }],
});
const both = (ratio: number): Partial<ErrorRate> => ({
  codes: ['408', '409'].map((name) => ({ code: name, ratio, ratioRecently: ratio, ratioAnHourAgo: 0 })),
});
const recently = (serverErrorRatio: number): Partial<ErrorRate> => ({
  recent: { windowSeconds: 60, requestsPerSecond: 20, serverErrorRatio },
});

describe('prom.error_rate', () => {
  it('is well without errors', () => expectNeverOkOverGaps(promErrorRate, rate()));

  it.each([
    ['fail', 'over 5 % fail', { serverErrorRatio: 0.06 }],
    ['fail', 'over 5 % fail since less than a minute', recently(0.06)],
    ['warn', 'over 5 % of very few requests fail', { serverErrorRatio: 0.06, requestsPerSecond: 0.5 }],
    ['warn', 'over 1 % fail', { serverErrorRatio: 0.02 }],
    ['ok', 'exactly 1 % fail', { serverErrorRatio: 0.01 }],
    ['ok', 'a few have just failed', recently(0.04)],
    ['warn', 'a database outage shows as 409', code('409', 0.35)],
    ['warn', 'a database outage shows as 408 and 409, neither of which is much by itself', both(0.04)],
    ['ok', 'exactly 5 % end with 408 or 409', both(0.025)],
    ['ok', 'as many 409 as an hour ago', code('409', 0.35, { ratioAnHourAgo: 0.3 })],
    ['warn', 'many users are turned away', code('401', 0.1)],
    ['warn', 'many users have just begun to be turned away', code('401', 0.01, { ratioRecently: 0.1 })],
    ['ok', 'as many are turned away as an hour ago', code('401', 0.1, { ratioAnHourAgo: 0.09 })],
    ['ok', 'exactly 5 % are turned away', code('401', 0.05)],
    ['warn', 'a client asks too often', code('429', 0.3)],
    ['unknown', 'there is no traffic', { serverErrorRatio: null, requestsPerSecond: null }],
    ['unknown', 'there is hardly any traffic', { requestsPerSecond: 0.1 }],
  ] as const)('is %s where %s', (verdict, _, changes) => expect(run(promErrorRate, rate(changes)).verdict).toBe(verdict));

  it('counts 408 and 409 together, and does not know them without traffic', () => {
    expect(run(promErrorRate, rate(both(0.04))).facts).toMatchObject({ softErrorRatio: 0.08, softErrorRatioAnHourAgo: 0 });
    expect(run(promErrorRate, rate({ codes: [] })).facts).toMatchObject({ softErrorRatio: null, softErrorRatioAnHourAgo: null });
  });

  it('says of which codes there are so many more', () => {
    const result = run(promErrorRate, rate(code('401', 0.1)));
    expect(result.facts?.codes).toEqual([{ code: '401', ratio: 0.1, ratioRecently: 0.1, ratioAnHourAgo: 0.01, trouble: true }]);
    expect(result.summary).toContain('10 % of requests ended with 401');
  });
});
