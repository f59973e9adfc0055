import { metricsRateLimited } from '../../../src/diagnostics/causes/metrics.ratelimited.ts';
import { describeFailedScrapes } from '../support/failed-scrapes.ts';

describeFailedScrapes(metricsRateLimited, {
  failure: 'rate-limited',
  said: 'server returned HTTP status 429 Too Many Requests',
  status: 429,
  advised: 'Exempt /metrics',
});
