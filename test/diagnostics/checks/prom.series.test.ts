import { describe, expect, it } from 'vitest';
import { promSeries } from '../../../src/diagnostics/checks/prom.series.ts';
import { seriesNames } from '../../../src/diagnostics/evidence/series-names.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const otel = 'http_server_request_duration_seconds';
const seen = { names: ['up', `${otel}_bucket`], present: otel, presentProfile: 'otel', expected: otel, expectedProfile: 'otel' };

describe('prom.series', () => {
  it('is well where the histogram that is expected has series', () => expectNeverOkOverGaps(promSeries, given(seriesNames, seen)));

  it.each([
    ['fail', 'it is called otherwise', { present: 'http_request_duration_seconds', presentProfile: 'prometheus-net' }],
    ['unknown', 'nothing that is known has series now', { present: null, presentProfile: null }],
    ['unknown', 'there is nothing at all', { names: [], present: null }],
  ])('is %s where %s', (verdict, _, changes) => expect(run(promSeries, given(seriesNames, { ...seen, ...changes })).verdict).toBe(verdict));
});
