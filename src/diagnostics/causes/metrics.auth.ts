import { BLIND, failsScrapes, scrapedAddress } from '../signs/scrapes.ts';
import { defineCause } from '../types.ts';

export const metricsAuth = defineCause({
  id: 'metrics.auth',
  title: 'The metrics page wants a credential that Prometheus does not send',
  ...failsScrapes('auth'),
  summary: (context) => `${scrapedAddress(context)} answers 401 or 403 to Prometheus. ${BLIND}`,
  advice: () => [
    'Exempt the page from authentication where it is mapped: app.MapPrometheusScrapingEndpoint().AllowAnonymous(), and keep it from the outside at the ingress.',
    'Or give Prometheus a credential: spec.endpoints[].authorization of the ServiceMonitor, with the token in a Secret of its namespace.',
  ],
});
