import { httpMetrics } from '../checks/http.metrics.ts';
import { promReady } from '../checks/prom.ready.ts';
import { promTargets } from '../checks/prom.targets.ts';
import { count, form, short } from '../rules/phrases.ts';
import { anyOf, decide, no, rule, yes } from '../rules/rule.ts';
import { ofStatus, type ScrapeFailure } from '../rules/scrape-errors.ts';
import type { Cause, ConclusionContext, Rule } from '../types.ts';

/** Rules that several causes share: whether Prometheus sees the service. */

export const prometheusAnswers = rule({ prometheus: promReady }, ({ prometheus: { ready, status, failure } }) =>
  decide(ready, 'Prometheus is up and ready.', `Prometheus is not ready (${status ?? failure ?? 'no answer'}).`),
);

export const scrapesWork = rule({ targets: promTargets }, ({ targets: { targets, up, failures } }) =>
  decide(
    up > 0 && failures.length === 0,
    `Prometheus scrapes ${up} of ${count(targets, 'target')} of the service.`,
    `${up} of ${count(targets, 'target')} ${form(up, 'is', 'are')} up.`,
  ),
);

/** Whether the scrapes of pods that are ready fail in one of these ways, more often than in any other. */
export function scrapesFailBy(...kinds: readonly ScrapeFailure[]): Rule {
  return rule(
    { targets: promTargets },
    ({ targets: { targets, failures } }) => {
      const [most] = failures;
      if (targets === 0) return no('Prometheus scrapes nothing of the service.');
      if (most === undefined) return no('No scrape of a ready pod fails.');
      const known: readonly string[] = kinds;
      return decide(
        known.includes(most.failure),
        `Prometheus says of ${most.count} of ${count(targets, 'target')}: ${short(most.sample, 200)}.`,
        `Scrapes fail for another reason: ${short(most.sample, 120)}.`,
      );
    },
    { weight: 2 },
  );
}

/** Where Prometheus has no target, the page itself is all that there is to see. */
function pageAnswersBy(kind: ScrapeFailure): Rule {
  return rule({ targets: promTargets, page: httpMetrics }, ({ targets: { targets }, page: { status, path } }) => {
    if (targets > 0) return no('Prometheus tells of its own scrapes.');
    if (status === null || status === 200) return no(`${path} answered ${status ?? 'nothing'} by the public address.`);
    return decide(
      ofStatus(status) === kind,
      `${path} answered ${status} by the public address.`,
      `${path} answered ${status} by the public address.`,
    );
  });
}

const pageAnswersStatus = (kind: ScrapeFailure): Rule =>
  rule({ page: httpMetrics }, ({ page: { status, path } }) =>
    status !== null && status !== 200 && ofStatus(status) === kind
      ? yes(`${path} answered ${status} by the public address as well.`)
      : no(`${path} answered ${status ?? 'nothing'} by the public address.`),
  );

/** The address that is scraped, where Prometheus says it. */
export function scrapedAddress(context: ConclusionContext): string {
  return context.facts(promTargets)?.failures[0]?.scrapeUrl || `$POD_ADDRESS${context.target.application.metricsPath}`;
}

/** Whatever rests on metrics is unknown while they are not there, and nothing of it is healthy. */
export const METRIC_SYMPTOMS = [
  'prom.approvals',
  'prom.error_rate',
  'prom.freshness',
  'prom.latency',
  'prom.memory_trend',
  'prom.series',
  'prom.targets',
  'prom.throttling',
  'prom.traffic',
  'prom.up',
  'prom.ws',
  'http.metrics',
] as const;

export const BLIND = 'Until then, nothing that the bot concludes from metrics can be known: unknown is not healthy.';

/** What makes a cause of one way in which scrapes fail, or in which the page answers where Prometheus has no target. */
export const failsScrapes = (kind: ScrapeFailure): Pick<Cause, 'requires' | 'direct' | 'supports' | 'explains'> => ({
  requires: [prometheusAnswers, anyOf(scrapesFailBy(kind), pageAnswersBy(kind))],
  direct: scrapesFailBy(kind),
  supports: [pageAnswersStatus(kind)],
  explains: [...METRIC_SYMPTOMS, 'metrics.target_down'],
});
