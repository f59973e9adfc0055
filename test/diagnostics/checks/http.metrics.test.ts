import { describe, expect, it } from 'vitest';
import { httpMetrics } from '../../../src/diagnostics/checks/http.metrics.ts';
import { metricsPage } from '../../../src/diagnostics/evidence/metrics-page.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const page = {
  path: '/metrics',
  status: 200,
  location: null,
  retryAfter: null,
  failure: null,
  durationMs: 5,
  contentType: 'text/plain; version=0.0.4',
  bytes: 5_000,
  names: ['up', 'http_server_request_duration_seconds_bucket', 'http_server_request_duration_seconds_count'],
  samples: 40,
  strangeLines: 0,
};
const answer = (changes: Partial<typeof page> | { status: number | null; failure: string }) =>
  run(httpMetrics, given(metricsPage, { ...page, ...changes }));

describe('http.metrics', () => {
  it('is well where the page has a histogram that is known', () => expectNeverOkOverGaps(httpMetrics, given(metricsPage, page)));

  it.each([404, 401, 403, 307, 429, 500])('warns where it answers %s: a door that is closed to outsiders proves nothing', (status) => {
    expect(answer({ status })).toMatchObject({ verdict: 'warn', facts: { status }, summary: expect.stringContaining(String(status)) });
  });

  it.each([
    ['no histogram that is known', { names: ['my_metric'] }],
    ['no metric at all', { names: [], samples: 0, contentType: 'text/html' }],
  ])('warns where the page has %s', (_, changes) => expect(answer(changes).verdict).toBe('warn'));

  it('knows nothing where nobody answers', () => expect(answer({ status: null, failure: 'ECONNREFUSED' }).verdict).toBe('unknown'));
});
