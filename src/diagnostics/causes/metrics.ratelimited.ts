import { BLIND, failsScrapes, scrapedAddress } from '../signs/scrapes.ts';
import { defineCause } from '../types.ts';

export const metricsRateLimited = defineCause({
  id: 'metrics.ratelimited',
  title: "The service's rate limit turns scrapes away",
  ...failsScrapes('rate-limited'),
  summary: (context) => `${scrapedAddress(context)} answers 429 to Prometheus: its rate limit counts scrapes as well. ${BLIND}`,
  advice: (context) => [
    `Exempt ${context.target.application.metricsPath} (and ${context.target.application.healthPath}) from the rate limit of the service: neither is traffic of a client.`,
    'Scraping less often only hides it: the limit counts by address, and others may share that of Prometheus.',
  ],
});
