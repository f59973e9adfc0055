import { trafficQuery } from '../rules/promql.ts';
import { promql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { foretold, fromSeries, metricProfile, PROMETHEUS_PERMISSION, recentSelection, scalar, seriesSelection } from './metric-profile.ts';

interface Traffic {
  readonly windowSeconds: number;
  /** Requests per second without probes; null where nothing could be computed. */
  readonly perSecond: number | null;
  readonly perSecondAnHourAgo: number | null;
  /** The same of the last minute. */
  readonly recent: { readonly windowSeconds: number; readonly perSecond: number | null };
  /** The same of the last moments: zero where the counters stand still. */
  readonly quiet: { readonly windowSeconds: number; readonly perSecond: number | null };
}

export const traffic = defineSource<Traffic>({
  id: 'prom.traffic',
  title: 'Traffic',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, trafficQuery(...foretold(target))),
  async collect(context) {
    const named = await context.require(metricProfile);
    const profile = named.data;
    const selection = seriesSelection(context);
    const recent = recentSelection(context);
    const quiet = { ...selection, windowSeconds: Math.min(selection.windowSeconds, context.target.prometheus.quietWindowSeconds) };
    const queries = [
      trafficQuery(profile, selection),
      trafficQuery(profile, selection, { offset: '1h' }),
      trafficQuery(profile, recent),
      trafficQuery(profile, quiet),
    ] as const;
    const [perSecond, perSecondAnHourAgo, perSecondRecently, perSecondLately] = await Promise.all(
      queries.map((query) => scalar(context, query)),
    );
    const data: Traffic = {
      windowSeconds: selection.windowSeconds,
      perSecond: perSecond ?? null,
      perSecondAnHourAgo: perSecondAnHourAgo ?? null,
      recent: { windowSeconds: recent.windowSeconds, perSecond: perSecondRecently ?? null },
      quiet: { windowSeconds: quiet.windowSeconds, perSecond: perSecondLately ?? null },
    };
    return fromSeries(named, data, promql(context.target, ...queries));
  },
});
