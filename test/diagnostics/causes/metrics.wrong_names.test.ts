import { describe, expect, it } from 'vitest';
import { wrongNames as cause } from '../../../src/diagnostics/causes/metrics.wrong_names.ts';
import { concludeSight, scrapesFail, sightContext } from '../support/metrics.ts';

const renamed = { series: { present: 'http_request_duration_seconds', presentProfile: 'prometheus-net' } };
const strange = { series: { present: null }, page: { found: null, expected: null, foundProfile: null } };

describe('metrics.wrong_names', () => {
  it('is confirmed where the series of now have another name', () => {
    expect(concludeSight(cause, renamed)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(concludeSight(cause, { ...renamed, page: null })).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    const text = cause.summary(sightContext(renamed));
    expect(text).toContain('called http_request_duration_seconds and no longer http_server_request_duration_seconds');
    expect(cause.advice?.(sightContext(renamed)).join(' ')).toContain('profile: auto');
  });

  it('is likely where the page has no name that is known', () => {
    expect(concludeSight(cause, { ...strange, series: { present: null, expected: null } })).toMatchObject({
      kind: 'concluded',
      certainty: 'likely',
    });
  });

  it.each([
    ['the names are those that are expected', {}],
    ['nothing is scraped', { ...renamed, ...scrapesFail('refused', 'connection refused') }],
    ['Prometheus is not ready', { ...renamed, prometheus: { ready: false } }],
  ])('is ruled out where %s', (_, changes) => expect(concludeSight(cause, changes).kind).toBe('ruled-out'));
});
