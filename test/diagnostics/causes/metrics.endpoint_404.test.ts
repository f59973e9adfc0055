import { endpointMissing } from '../../../src/diagnostics/causes/metrics.endpoint_404.ts';
import { describeFailedScrapes } from '../support/failed-scrapes.ts';

describeFailedScrapes(endpointMissing, {
  failure: 'not-found',
  said: 'server returned HTTP status 404 Not Found',
  status: 404,
  advised: 'MapPrometheusScrapingEndpoint',
});
