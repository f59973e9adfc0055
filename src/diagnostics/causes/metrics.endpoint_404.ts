import { BLIND, failsScrapes, scrapedAddress } from '../signs/scrapes.ts';
import { defineCause } from '../types.ts';

/** The service answers, and does not know the path: in ASP.NET a page of metrics must be mapped. */
export const endpointMissing = defineCause({
  id: 'metrics.endpoint_404',
  title: 'The service has no metrics page where Prometheus asks for it',
  ...failsScrapes('not-found'),
  summary: (context) => `${scrapedAddress(context)} answers 404: the build that runs maps no metrics page there. ${BLIND}`,
  advice: (context) => [
    `In the service's startup, map the page: app.MapPrometheusScrapingEndpoint() with OpenTelemetry (app.MapMetrics() belongs to prometheus-net), at ${context.target.application.metricsPath}.`,
    `If the page moved on purpose, give the ServiceMonitor its new path: spec.endpoints[].path. If it went with the last rollout, see what changed: kubectl --namespace ${context.target.kubernetes.namespace} rollout history deployment/${context.target.kubernetes.deployment}`,
  ],
});
