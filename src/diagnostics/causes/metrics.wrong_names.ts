import { httpMetrics } from '../checks/http.metrics.ts';
import { promSeries } from '../checks/prom.series.ts';
import { anyOf, decide, no, rule, yes } from '../rules/rule.ts';
import { METRIC_SYMPTOMS, prometheusAnswers, scrapesWork } from '../signs/scrapes.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const seriesDiffer = rule({ series: promSeries }, ({ series: { present, expected } }) => {
  if (present === null) return no('Prometheus has no histogram of request durations of the service that the bot knows.');
  return decide(
    present !== expected,
    `Prometheus has ${present}, and ${expected ?? 'another name'} is expected.`,
    `Prometheus has ${present}, as expected.`,
  );
});

const pageDiffers = rule({ page: httpMetrics }, ({ page: { status, samples, metrics, expected, found, path } }) => {
  if (status !== 200 || samples === 0) return no(`${path} shows no metrics by the public address.`);
  if (found !== null && (expected === null || found === expected)) return no(`${path} shows ${found}.`);
  return yes(
    `${path} shows ${metrics} metrics, and ${found ?? 'no histogram of request durations that the bot knows'} instead of ${expected ?? 'one'}.`,
  );
});

const namesDiffer = anyOf(seriesDiffer, pageDiffers);

/** Dashboards, alerts and this bot ask by name: what is called otherwise is not there for them. */
export const wrongNames = defineCause({
  id: 'metrics.wrong_names',
  title: 'The metrics have other names than those that are asked for',
  requires: [prometheusAnswers, scrapesWork, namesDiffer],
  direct: seriesDiffer,
  explains: METRIC_SYMPTOMS,
  summary: (context) => {
    const { now, before } = names(context);
    return `Prometheus scrapes the service, but its request durations are called ${now} and no longer ${before}: dashboards and alerts that ask for ${before} find nothing.`;
  },
  advice: (context) => {
    const { now, before, profile } = names(context);
    const { prometheus } = context.target;
    const setting =
      prometheus.profile === 'auto'
        ? 'The bot has found the new names by itself (prometheus.profile: auto).'
        : `Set prometheus.profile of the target to ${profile ?? 'custom, with prometheus.names'} (it is ${prometheus.profile}).`;
    return [
      `In dashboards, alerts and recording rules, ask for ${now} in place of ${before}; its labels have other names as well. Or go back to the instrumentation that exports ${before}.`,
      setting,
    ];
  },
});

function names(context: ConclusionContext): { readonly now: string; readonly before: string; readonly profile: string | null } {
  const series = context.facts(promSeries);
  const page = context.facts(httpMetrics);
  const differ = series !== null && series.present !== null && series.present !== series.expected;
  return {
    now: (differ ? series.present : page?.found) ?? 'something that the bot does not know',
    before: (differ ? series.expected : page?.expected) ?? 'a name that the bot knows',
    profile: (differ ? series.presentProfile : page?.foundProfile) ?? null,
  };
}
