import { metricsAuth } from '../../../src/diagnostics/causes/metrics.auth.ts';
import { describeFailedScrapes } from '../support/failed-scrapes.ts';

describeFailedScrapes(metricsAuth, {
  failure: 'auth',
  said: 'server returned HTTP status 401 Unauthorized',
  status: 401,
  advised: 'AllowAnonymous',
});
