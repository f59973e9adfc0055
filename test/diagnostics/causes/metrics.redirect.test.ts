import { metricsRedirect } from '../../../src/diagnostics/causes/metrics.redirect.ts';
import { describeFailedScrapes } from '../support/failed-scrapes.ts';

describeFailedScrapes(metricsRedirect, {
  failure: 'redirect',
  said: 'Get "https://10.0.0.7:8443/metrics": dial tcp 10.0.0.7:8443: connect: connection refused',
  status: 307,
  advised: 'tlsConfig',
});
