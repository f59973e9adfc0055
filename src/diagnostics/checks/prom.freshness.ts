import { scrapeTargets } from '../evidence/scrape-targets.ts';
import { scrapes } from '../evidence/scrapes.ts';
import { seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type FreshnessFacts = { newestAgeSeconds: number | null; intervalSeconds: number | null; limitSeconds: number };

/** Where Prometheus does not say how often it scrapes: its own default. Seconds. */
const DEFAULT_INTERVAL = 60;

export const promFreshness = defineCheck({
  id: 'prom.freshness',
  title: 'Age of the metrics',
  needs: { scrapes, scrapeTargets },
  judge({ scrapes: { data }, scrapeTargets: { data: known } }, { thresholds }): Judgement<FreshnessFacts> {
    const intervalSeconds = known.targets[0]?.intervalSeconds ?? null;
    const limitSeconds = thresholds.scrapeAgeIntervals * (intervalSeconds ?? DEFAULT_INTERVAL);
    const facts = { newestAgeSeconds: data.newestAgeSeconds, intervalSeconds, limitSeconds };
    if (data.newestAgeSeconds === null)
      return { verdict: 'unknown', summary: 'Prometheus has no scrape of the service of the last minutes.', facts };
    const text = `The newest scrape is ${seconds(data.newestAgeSeconds)} old`;
    if (data.newestAgeSeconds > limitSeconds)
      return {
        verdict: 'warn',
        summary: `${text}, more than ${thresholds.scrapeAgeIntervals} scrape intervals (${seconds(limitSeconds)}).`,
        facts,
      };
    return { verdict: 'ok', summary: `${text}, not above ${seconds(limitSeconds)}.`, facts };
  },
});
