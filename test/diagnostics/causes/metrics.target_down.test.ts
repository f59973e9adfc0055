import { describe, expect, it } from 'vitest';
import { targetDown as cause } from '../../../src/diagnostics/causes/metrics.target_down.ts';
import { concludeSight, noTargets, scrapesFail, sightContext } from '../support/metrics.ts';

describe('metrics.target_down', () => {
  it.each([
    ['refused', 'Get "http://10.0.0.7:9464/metrics": dial tcp 10.0.0.7:9464: connect: connection refused', 'Nothing listens'],
    ['timeout', 'Get "http://10.0.0.7:8080/metrics": context deadline exceeded', 'NetworkPolicy'],
    ['dns', 'dial tcp: lookup api on 10.0.0.10:53: no such host', 'does not resolve'],
    ['tls', 'x509: certificate signed by unknown authority', 'tlsConfig'],
    ['server-error', 'server returned HTTP status 500 Internal Server Error', 'page itself fails'],
  ])('is confirmed by %s, with what to look at', (failure, sample, advice) => {
    const failing = scrapesFail(failure, sample);
    expect(concludeSight(cause, failing)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(sightContext(failing))).toContain(sample.slice(0, 40));
    expect(cause.advice?.(sightContext(failing)).join(' ')).toContain(advice);
  });

  it.each([
    ['scrapes work', {}],
    ['nothing is scraped', noTargets],
    ['the page is not there, which is a cause of its own', scrapesFail('not-found', 'server returned HTTP status 404 Not Found')],
    ['Prometheus is not ready', { ...scrapesFail('refused', 'connection refused'), prometheus: { ready: false } }],
  ])('is ruled out where %s', (_, changes) => expect(concludeSight(cause, changes).kind).toBe('ruled-out'));
});
