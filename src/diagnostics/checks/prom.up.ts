import { pods } from '../evidence/pods.ts';
import { scrapes } from '../evidence/scrapes.ts';
import { count, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type UpFacts = { scraped: number; up: number; expected: number; notScraped: string[] };

/** A pod younger than this may not have been scraped yet. */
const SETTLING_MS = 60_000;

export const promUp = defineCheck({
  id: 'prom.up',
  title: 'Scrapes',
  needs: { scrapes, pods },
  judge({ scrapes: { data: scraped }, pods: { data: all } }, { now }): Judgement<UpFacts> {
    const expected = all.filter(
      ({ ready, deletedAt, createdAt }) => ready && deletedAt === null && now.getTime() - createdAt.getTime() > SETTLING_MS,
    );
    const named = scraped.targets.some(({ pod }) => pod !== null);
    const missing = named
      ? expected.filter(({ name }) => !scraped.targets.some(({ pod, up }) => up && pod === name)).map(({ name }) => name)
      : [];
    const up = scraped.targets.filter((target) => target.up).length;
    const facts = { scraped: scraped.targets.length, up, expected: expected.length, notScraped: missing };
    if (scraped.targets.length === 0) return { verdict: 'unknown', summary: 'Prometheus has no series "up" for the service.', facts };
    if (up === 0) return { verdict: 'fail', summary: `All ${count(scraped.targets.length, 'scrape')} of the service fail.`, facts };
    if (missing.length > 0 || up < expected.length)
      return {
        verdict: 'warn',
        summary: `Prometheus sees ${up} of ${count(expected.length, 'pod')}${missing.length > 0 ? `; not ${some(missing)}` : ''}.`,
        facts,
      };
    return { verdict: 'ok', summary: `Prometheus scrapes ${count(up, 'pod')}.`, facts };
  },
});
