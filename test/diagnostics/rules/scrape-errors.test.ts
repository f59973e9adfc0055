import { describe, expect, it } from 'vitest';
import { scrapeFailure } from '../../../src/diagnostics/rules/scrape-errors.ts';

const HTTP = 'http://10.0.0.7:8080/metrics';

describe('what Prometheus says of a scrape', () => {
  it.each([
    ['not-found', 'server returned HTTP status 404 Not Found', HTTP],
    ['auth', 'server returned HTTP status 401 Unauthorized', HTTP],
    ['auth', 'server returned HTTP status 403 Forbidden', HTTP],
    ['rate-limited', 'server returned HTTP status 429 Too Many Requests', HTTP],
    ['server-error', 'server returned HTTP status 500 Internal Server Error', HTTP],
    ['redirect', 'Get "https://10.0.0.7:8443/metrics": dial tcp 10.0.0.7:8443: connect: connection refused', HTTP],
    [
      'redirect',
      'Get "https://10.0.0.7:8443/metrics": tls: failed to verify certificate: x509: certificate signed by unknown authority',
      HTTP,
    ],
    ['refused', `Get "${HTTP}": dial tcp 10.0.0.7:8080: connect: connection refused`, HTTP],
    [
      'refused',
      'Get "https://10.0.0.7:8443/metrics": dial tcp 10.0.0.7:8443: connect: connection refused',
      'https://10.0.0.7:8443/metrics',
    ],
    ['tls', 'Get "https://10.0.0.7:8443/metrics": x509: certificate has expired', 'https://10.0.0.7:8443/metrics'],
    ['timeout', `Get "${HTTP}": context deadline exceeded`, HTTP],
    ['dns', 'Get "http://api:8080/metrics": dial tcp: lookup api on 10.0.0.10:53: no such host', 'http://api:8080/metrics'],
    ['no-route', 'dial tcp 10.0.0.7:8080: connect: no route to host', HTTP],
    ['no-metrics', 'expected value after metric, got "<" ("INVALID") while parsing: "<!DOCTYPE"', HTTP],
    ['other', 'unexpected EOF', HTTP],
  ])('is %s: %s', (failure, lastError, url) => expect(scrapeFailure(lastError, url)).toBe(failure));
});
