import { describe, expect, it } from 'vitest';
import { promReady } from '../../../src/diagnostics/checks/prom.ready.ts';
import { prometheusState } from '../../../src/diagnostics/evidence/prometheus-state.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const ready = { ready: true, status: 200, failure: null, said: 'Prometheus Server is Ready.', version: '2.42.0' };

describe('prom.ready', () => {
  it('is well where Prometheus says that it is ready', () => expectNeverOkOverGaps(promReady, given(prometheusState, ready)));

  it.each([302, 401, 404])('could not look where something that is no Prometheus answers with %i', (status) => {
    const result = run(promReady, given(prometheusState, { ...ready, ready: false, status }));
    expect(result).toMatchObject({ verdict: 'unknown', summary: expect.stringContaining(String(status)) });
  });

  it.each([
    ['it replays its log', { ready: false, status: 503 }, '503'],
    ['nobody answers', { ready: false, status: null, failure: 'ECONNREFUSED' }, 'ECONNREFUSED'],
  ])('fails where %s', (_, changes, text) => {
    const result = run(promReady, given(prometheusState, { ...ready, ...changes }));
    expect(result).toMatchObject({ verdict: 'fail', summary: expect.stringContaining(text) });
  });
});
