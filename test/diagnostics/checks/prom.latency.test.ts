import { describe, expect, it } from 'vitest';
import { promLatency } from '../../../src/diagnostics/checks/prom.latency.ts';
import { latency } from '../../../src/diagnostics/evidence/latency.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { latencyOf } from '../support/samples.ts';

const recent = (p95: number | null, requestsPerSecond: number | null = 20) => ({ windowSeconds: 60, requestsPerSecond, p95, average: p95 });

describe('prom.latency', () => {
  it('is well where requests are quick', () => expectNeverOkOverGaps(promLatency, given(latency, latencyOf())));

  it.each([
    ['fail', 'p95 is over a second', { p95: 1.01 }],
    ['warn', 'p95 is over half a second', { p95: 0.6 }],
    ['ok', 'p95 is half a second', { p95: 0.5 }],
    ['warn', 'only the last minute is slow', { recent: recent(4) }],
    ['fail', 'it is over already: the window still says so', { p95: 3, recent: recent(0.1) }],
    ['unknown', 'nothing could be computed', { p95: null }],
    ['unknown', 'there is hardly any traffic', { requestsPerSecond: 0.1 }],
    ['unknown', 'the traffic is not known', { requestsPerSecond: null }],
  ])('is %s where %s', (verdict, _, changes) => expect(run(promLatency, given(latency, latencyOf(changes))).verdict).toBe(verdict));

  it('says so where the last minute differs from the window', () => {
    expect(run(promLatency, given(latency, latencyOf({ p95: 3, recent: recent(0.1) }))).summary).toContain('(100 ms in the last 60 s)');
  });

  it('does not trust a last minute with hardly any answers', () => {
    expect(run(promLatency, given(latency, latencyOf({ recent: recent(9, 0.01) })))).toMatchObject({
      verdict: 'ok',
      facts: { p95SecondsRecently: null },
    });
  });
});
