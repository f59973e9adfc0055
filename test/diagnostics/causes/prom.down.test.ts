import { describe, expect, it } from 'vitest';
import { prometheusDown as cause } from '../../../src/diagnostics/causes/prom.down.ts';
import { concludeSight, sightContext } from '../support/metrics.ts';

describe('prom.down', () => {
  it('is confirmed where Prometheus says so itself', () => {
    const replaying = { prometheus: { ready: false, status: 503, said: 'Service Unavailable' } };
    expect(concludeSight(cause, replaying)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.advice?.(sightContext(replaying)).join(' ')).toContain('write-ahead log');
  });

  it('is likely where it is silent: that may be the network of the bot', () => {
    const silent = { prometheus: { ready: false, status: null, failure: 'ECONNREFUSED' }, grafana: { state: 'error' } };
    expect(concludeSight(cause, silent)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(cause.summary(sightContext(silent))).toContain('ECONNREFUSED');
    expect(cause.advice?.(sightContext(silent)).join(' ')).toContain('$PROM');
  });

  it.each([
    { grafana: { state: 'ok' }, kind: 'ruled-out' },
    { grafana: { state: 'error' }, kind: 'concluded' },
    { grafana: { state: 'not-configured' }, kind: 'concluded' },
    { grafana: null, kind: 'concluded' },
  ])('is $kind where it is silent to the bot, and Grafana is $grafana.state', ({ grafana, kind }) => {
    expect(concludeSight(cause, { prometheus: { ready: false, status: null, failure: 'ECONNREFUSED' }, grafana }).kind).toBe(kind);
  });

  it('is ruled out where Prometheus is ready', () => expect(concludeSight(cause).kind).toBe('ruled-out'));
  it('is undecided where none is configured', () => expect(concludeSight(cause, { prometheus: null }).kind).toBe('undecided'));

  it('explains that whatever rests on metrics is unknown', () => {
    expect(cause.explains).toEqual(expect.arrayContaining(['prom.latency', 'prom.error_rate', 'prom.targets', 'metrics.no_target']));
  });
});
