import { promTargets } from '../checks/prom.targets.ts';
import { count, short } from '../rules/phrases.ts';
import { adviceFor, scrapeFailure } from '../rules/scrape-errors.ts';
import { BLIND, METRIC_SYMPTOMS, prometheusAnswers, scrapedAddress, scrapesFailBy } from '../signs/scrapes.ts';
import { defineCause } from '../types.ts';

const unreachable = scrapesFailBy('refused', 'timeout', 'dns', 'tls', 'no-route', 'no-metrics', 'server-error', 'other-status', 'other');

/** Each failure that has no cause of its own: what to do about it stands in Prometheus' own message. */
export const targetDown = defineCause({
  id: 'metrics.target_down',
  title: 'Prometheus cannot scrape pods that are ready',
  requires: [prometheusAnswers, unreachable],
  direct: unreachable,
  explains: METRIC_SYMPTOMS,
  summary: (context) => {
    const facts = context.facts(promTargets);
    const [failure] = facts?.failures ?? [];
    return `Prometheus cannot scrape ${failure?.count ?? 0} of ${count(facts?.targets ?? 0, 'target')}, such as ${scrapedAddress(context)}: ${short(failure?.sample ?? '', 200)}. ${BLIND}`;
  },
  advice: (context) => {
    const [failure] = context.facts(promTargets)?.failures ?? [];
    return failure === undefined ? [] : [adviceFor(scrapeFailure(failure.sample, failure.scrapeUrl))];
  },
});
