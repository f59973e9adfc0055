import { describe, expect, it } from 'vitest';
import { grafanaDatasource } from '../../../src/diagnostics/checks/grafana.datasource.ts';
import { grafana } from '../../../src/diagnostics/evidence/grafana.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const well = { version: '11.0.0', database: 'ok', datasource: 'ok' as const, message: 'Successfully queried the Prometheus API.' };

describe('grafana.datasource', () => {
  it('is well where Grafana can ask', () => expectNeverOkOverGaps(grafanaDatasource, given(grafana, { state: well, datasource: 'prom' })));

  it('does not apply where no Grafana is configured', () => {
    expect(run(grafanaDatasource, given(grafana, { state: null, datasource: '' })).verdict).toBe('not-applicable');
  });

  it.each([
    ['fail', { datasource: 'error' as const, message: 'connection refused' }],
    ['fail', { datasource: 'missing' as const }],
    ['warn', { database: 'failing' }],
    ['unknown', { datasource: 'unknown' as const }],
  ])('is %s where it says %o', (verdict, changes) => {
    expect(run(grafanaDatasource, given(grafana, { state: { ...well, ...changes }, datasource: 'prom' })).verdict).toBe(verdict);
  });
});
