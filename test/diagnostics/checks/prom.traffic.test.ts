import { describe, expect, it } from 'vitest';
import { promTraffic } from '../../../src/diagnostics/checks/prom.traffic.ts';
import { traffic } from '../../../src/diagnostics/evidence/traffic.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const rate = (perSecond: number | null, lately = perSecond) =>
  given(traffic, {
    windowSeconds: 300,
    perSecond,
    perSecondAnHourAgo: 12,
    recent: { windowSeconds: 60, perSecond: lately },
    quiet: { windowSeconds: 120, perSecond: lately },
  });

describe('prom.traffic', () => {
  it('is well where there is traffic', () => expectNeverOkOverGaps(promTraffic, rate(20)));

  it('knows nothing without a rate', () => expect(run(promTraffic, rate(null)).verdict).toBe('unknown'));

  it.each([
    [0, 'no traffic'],
    [0.19, 'hardly any'],
  ])('warns with %s (%s)', (perSecond, _) => expect(run(promTraffic, rate(perSecond)).verdict).toBe('warn'));

  it('warns where the counters stand still, whatever the whole window says', () => {
    expect(run(promTraffic, rate(18, 0))).toMatchObject({ verdict: 'warn', facts: { requestsPerSecondLately: 0 } });
    expect(run(promTraffic, rate(18, null)).verdict).toBe('ok');
  });

  it('does not take for traffic what diagnoses ask for themselves', () => {
    expect(run(promTraffic, rate(18, 7 / 120))).toMatchObject({
      verdict: 'warn',
      summary: expect.stringContaining('but for 7 requests, and the bot sends some itself'),
      facts: { standsStill: true },
    });
    expect(run(promTraffic, rate(18, 17 / 120))).toMatchObject({ verdict: 'ok', facts: { standsStill: false } });
  });

  it('says what it was an hour ago', () => expect(run(promTraffic, rate(20)).summary).toContain('an hour ago 12 requests/s'));
});
