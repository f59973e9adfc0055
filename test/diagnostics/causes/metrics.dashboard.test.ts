import { describe, expect, it } from 'vitest';
import { dashboard as cause } from '../../../src/diagnostics/causes/metrics.dashboard.ts';
import { concludeSight, scrapesFail, sightContext } from '../support/metrics.ts';

const broken = { grafana: { state: 'error', message: 'Post "http://prometheus:9091/api/v1/query": connection refused' } };

describe('metrics.dashboard', () => {
  it('is confirmed where the data is there and Grafana cannot ask for it', () => {
    expect(concludeSight(cause, broken)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(sightContext(broken))).toContain('connection refused');
    expect(cause.advice?.(sightContext(broken)).join(' ')).toContain('$PROM');
  });

  it('says it where the data source is gone', () => {
    const gone = { grafana: { state: 'missing' } };
    expect(concludeSight(cause, gone)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.advice?.(sightContext(gone)).join(' ')).toContain('uid prom');
  });

  it.each([
    ['Grafana can ask', {}],
    ['no Grafana is configured', { grafana: { configured: false, state: 'not-configured' } }],
    ['Prometheus is not ready', { ...broken, prometheus: { ready: false } }],
    ['nothing is scraped', { ...broken, ...scrapesFail('refused', 'connection refused') }],
  ])('is ruled out where %s', (_, changes) => expect(concludeSight(cause, changes).kind).toBe('ruled-out'));
});
