import { ReadError } from '../../clients/read-errors.ts';
import { chooseProfile, type MetricProfile, PROFILES, type SeriesSelection } from '../rules/promql.ts';
import { promql } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';

export const PROMETHEUS_PERMISSION = 'HTTP access to Prometheus (GET /api/v1/query and /api/v1/label/__name__/values)';

/** Which names the application's metrics have, from what Prometheus really holds. */
export const metricProfile = defineSource<MetricProfile>({
  id: 'prom.profile',
  title: 'Names of the metrics',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, `group by (__name__) ({${target.prometheus.selector}})`),
  async collect({ target, clients, signal }) {
    const { selector, profile: configured } = target.prometheus;
    const names = await clients.prometheus.metricNames(selector, signal);
    if (names.length === 0)
      throw new ReadError('not-found', `Prometheus has no series with {${selector}}.`, {
        mend: 'Set prometheus.selector of the target to the labels that the service is scraped with, or have Prometheus scrape it.',
      });
    const data = chooseProfile(names, configured);
    if (data === undefined)
      throw new ReadError('not-found', `The series with {${selector}} have no histogram of request durations that the bot knows.`, {
        mend: `Have the service export one of: ${PROFILES.map(({ duration }) => duration).join(', ')}; or set prometheus.profile.`,
      });
    return { data, complete: true };
  },
});

export function seriesSelection({ target, windowSeconds }: Pick<SourceContext, 'target' | 'windowSeconds'>): SeriesSelection {
  return { selector: target.prometheus.selector, probeRoutes: target.application.probeRoutes, windowSeconds };
}

/** What a query is foretold to be, before the profile is known. */
export function foretold(target: SourceContext['target']): readonly [MetricProfile, SeriesSelection] {
  const configured = PROFILES.find(({ name }) => name === target.prometheus.profile) ?? PROFILES[0];
  if (configured === undefined) throw new Error('there is no metric profile');
  return [configured, seriesSelection({ target, windowSeconds: target.prometheus.windowSeconds })];
}

/** The value of a query that gives one series; null where there is none, or it could not be computed. */
export async function scalar({ clients, signal }: SourceContext, query: string): Promise<number | null> {
  return (await clients.prometheus.query(query, signal))[0]?.value ?? null;
}
