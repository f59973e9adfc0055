import { describe, expect, it } from 'vitest';
import { appRateLimit } from '../../../src/diagnostics/checks/app.ratelimit.ts';
import { type ErrorRate, errorRate } from '../../../src/diagnostics/evidence/error-rate.ts';
import { podLogs } from '../../../src/diagnostics/evidence/pod-logs.ts';
import { LogGrouper } from '../../../src/diagnostics/rules/log-grouper.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { errorRateOf } from '../support/samples.ts';

const LINE =
  '2026-11-23T11:59:00.000000000Z [11:59:00 WRN] Limits: Rate limit exceeded for client ip:203.0.113.7 on endpoint /api/v1/deployments. Limit: 10 requests per 00:01:00\n';

function limited(ratio: number, { lines = 0, requestsPerSecond = 20 as number | null } = {}) {
  const grouper = new LogGrouper();
  const sink = grouper.open({ pod: 'a', previous: false });
  sink.push(Buffer.from(LINE.repeat(lines)));
  sink.end();
  const changes: Partial<ErrorRate> = {
    requestsPerSecond,
    codes: [{ code: '429', ratio, ratioRecently: ratio, ratioAnHourAgo: 0 }],
    refusals: [{ pod: 'a', route: '/x', code: '429', perSecond: 3 }],
  };
  return [
    given(errorRate, errorRateOf(changes)),
    given(podLogs, { ...grouper.result(), sinceSeconds: 900, podsRead: 3, revisions: {} }),
  ] as const;
}

describe('app.ratelimit', () => {
  it('is well where hardly anybody is turned away', () => expectNeverOkOverGaps(appRateLimit, ...limited(0.01)));

  it.each([
    ['warn', 'many are turned away', limited(0.2, { lines: 7 })],
    ['ok', 'exactly 5 % are turned away', limited(0.05)],
    ['unknown', 'there is no traffic', limited(0, { requestsPerSecond: null })],
  ] as const)('is %s where %s', (verdict, _, evidence) => expect(run(appRateLimit, ...evidence).verdict).toBe(verdict));

  it('tells who and where', () => {
    expect(run(appRateLimit, ...limited(0.2, { lines: 7 })).facts).toMatchObject({
      trouble: true,
      logged: 7,
      podsLogged: 1,
      sample: expect.stringContaining('ip:203.0.113.7'),
      places: [{ pod: 'a', route: '/x', perSecond: 3 }],
    });
  });
});
