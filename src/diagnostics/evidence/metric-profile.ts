import { ReadError } from '../../clients/read-errors.ts';
import type { Asked } from '../report.ts';
import { candidateProfiles, chooseProfile, type MetricProfile, presentHistogramsQuery, type SeriesSelection } from '../rules/promql.ts';
import { promql } from '../rules/shell.ts';
import { type Collected, defineSource, type Reading, type SourceContext } from '../types.ts';

export const PROMETHEUS_PERMISSION = 'HTTP access to Prometheus (GET /api/v1/query and /api/v1/label/__name__/values)';

/**
 * Which names the application's metrics have, from what Prometheus holds now. Where it holds nothing now, they are known from its
 * past, and that is a part only: what the windows of rates still have of it says nothing of this moment.
 */
export const metricProfile = defineSource<MetricProfile>({
  id: 'prom.profile',
  title: 'Names of the metrics',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, presentHistogramsQuery(candidatesOf(target), target.prometheus.selector)),
  async collect({ target, clients, signal }) {
    const { selector } = target.prometheus;
    const candidates = candidatesOf(target);
    const present = await clients.prometheus.query(presentHistogramsQuery(candidates, selector), signal);
    const now = chooseProfile(
      present.map(({ labels }) => labels.__name__ ?? ''),
      candidates,
    );
    if (now !== undefined) return { data: now, complete: true };
    const names = await clients.prometheus.metricNames(selector, signal);
    if (names.length === 0)
      throw new ReadError('not-found', `Prometheus has no series with {${selector}}.`, {
        mend: 'Set prometheus.selector of the target to the labels that the service is scraped with, or have Prometheus scrape it.',
      });
    const data = chooseProfile(names, candidates);
    if (data === undefined)
      throw new ReadError('not-found', `The series with {${selector}} have no histogram of request durations that the bot knows.`, {
        mend: `Have the service export one of: ${candidates.map(({ duration }) => duration).join(', ')}; or set prometheus.profile or prometheus.names.`,
      });
    const message = `Prometheus has no series of ${data.duration} with {${selector}} now: what it has is of the past.`;
    return { data, complete: false, gap: { reason: 'not-found', message, mend: ENDED } };
  },
});

const ENDED = 'See why the service is not scraped any more, or under other names: /hotswap diagnose metrics.';

/** What was computed from series of the profile, as a part only where the profile is one. */
export function fromSeries<Data>({ complete, gap }: Collected<MetricProfile>, data: Data, asked: Asked): Reading<Data> {
  return complete || gap === null ? { data, complete: true, asked } : { data, complete: false, gap, asked };
}

/** The profiles that the target's configuration allows. */
export function candidatesOf({ prometheus }: SourceContext['target']): readonly MetricProfile[] {
  return candidateProfiles(prometheus.profile, prometheus.names);
}

export function seriesSelection({ target, windowSeconds }: Pick<SourceContext, 'target' | 'windowSeconds'>): SeriesSelection {
  return { selector: target.prometheus.selector, probeRoutes: target.application.probeRoutes, windowSeconds };
}

/** The same of the last moments: where the trouble is younger than the window, or over. */
export function recentSelection(context: Pick<SourceContext, 'target' | 'windowSeconds'>): SeriesSelection {
  const { windowSeconds, target } = context;
  return { ...seriesSelection(context), windowSeconds: Math.min(windowSeconds, target.prometheus.recentWindowSeconds) };
}

/** What a query is foretold to be, before the profile is known. */
export function foretold(target: SourceContext['target']): readonly [MetricProfile, SeriesSelection] {
  const [configured] = candidatesOf(target);
  if (configured === undefined) throw new Error('there is no metric profile');
  return [configured, seriesSelection({ target, windowSeconds: target.prometheus.windowSeconds })];
}

/** The value of a query that gives one series; null where there is none, or it could not be computed. */
export async function scalar({ clients, signal }: SourceContext, query: string): Promise<number | null> {
  return (await clients.prometheus.query(query, signal))[0]?.value ?? null;
}
