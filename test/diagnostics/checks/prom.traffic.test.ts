import { describe, expect, it } from 'vitest';
import { promTraffic } from '../../../src/diagnostics/checks/prom.traffic.ts';
import { traffic } from '../../../src/diagnostics/evidence/traffic.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const rate = (perSecond: number | null) => given(traffic, { windowSeconds: 300, perSecond, perSecondAnHourAgo: 12 });

describe('prom.traffic', () => {
  it('is well where there is traffic', () => expectNeverOkOverGaps(promTraffic, rate(20)));

  it.each([
    [null, 'no rate'],
    [0, 'no traffic'],
    [0.19, 'hardly any'],
  ])('knows nothing with %s (%s)', (perSecond, _) => expect(run(promTraffic, rate(perSecond)).verdict).toBe('unknown'));

  it('says what it was an hour ago', () => expect(run(promTraffic, rate(20)).summary).toContain('an hour ago 12 requests/s'));
});
