import type { PrometheusSample } from '../../clients/prometheus-read.ts';
import { averageQuery, type MetricProfile, quantileByQuery, quantileQuery } from '../rules/promql.ts';
import { promql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { foretold, fromSeries, metricProfile, PROMETHEUS_PERMISSION, recentSelection, scalar, seriesSelection } from './metric-profile.ts';
import { together } from './together.ts';
import { traffic } from './traffic.ts';

export interface Latency {
  readonly windowSeconds: number;
  readonly requestsPerSecond: number | null;
  /** Seconds; null where there was no traffic to compute it from. */
  readonly p95: number | null;
  readonly p99: number | null;
  readonly average: number | null;
  readonly p95AnHourAgo: number | null;
  /** The same of the last moments: where the trouble is younger than the window, or over. */
  readonly recent: {
    readonly windowSeconds: number;
    readonly requestsPerSecond: number | null;
    readonly p95: number | null;
    readonly average: number | null;
  };
  /** The slowest first. */
  readonly byRoute: readonly { readonly route: string; readonly p95: number }[];
  readonly byPod: readonly { readonly pod: string; readonly p95: number }[];
}

/** How long requests take, from the buckets of the duration histogram, without probes. */
export const latency = defineSource<Latency>({
  id: 'prom.latency',
  title: 'Latency',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, quantileQuery(0.95, ...foretold(target))),
  async collect(context) {
    const named = await context.require(metricProfile);
    const profile = named.data;
    const selection = seriesSelection(context);
    const recent = recentSelection(context);
    const queries = [
      quantileQuery(0.95, profile, selection),
      quantileQuery(0.99, profile, selection),
      averageQuery(profile, selection),
      quantileQuery(0.95, profile, selection, { offset: '1h' }),
      quantileQuery(0.95, profile, recent),
      averageQuery(profile, recent),
    ];
    const byRoute = quantileByQuery(0.95, profile.route, profile, selection);
    const byPod = quantileByQuery(0.95, 'pod', profile, selection);
    const ask = (query: string) => context.clients.prometheus.query(query, context.signal);
    const [[p95, p99, average, before, recentP95, recentAverage], routes, podSamples, { data: requests }] = await together(
      Promise.all(queries.map((query) => scalar(context, query))),
      ask(byRoute),
      ask(byPod),
      context.require(traffic),
    );
    const seconds = (value: number | null | undefined) => (value === null || value === undefined ? null : value * profile.unitSeconds);
    const data: Latency = {
      windowSeconds: selection.windowSeconds,
      requestsPerSecond: requests.perSecond,
      p95: seconds(p95),
      p99: seconds(p99),
      average: seconds(average),
      p95AnHourAgo: seconds(before),
      recent: {
        windowSeconds: recent.windowSeconds,
        requestsPerSecond: requests.recent.perSecond,
        p95: seconds(recentP95),
        average: seconds(recentAverage),
      },
      byRoute: slowest(routes, profile.route, profile).map(({ label, p95: value }) => ({ route: label, p95: value })),
      byPod: slowest(podSamples, 'pod', profile).map(({ label, p95: value }) => ({ pod: label, p95: value })),
    };
    return fromSeries(named, data, promql(context.target, ...queries, byRoute, byPod));
  },
});

function slowest(samples: readonly PrometheusSample[], label: string, profile: MetricProfile) {
  return samples
    .flatMap(({ labels, value }) => (value === null ? [] : [{ label: labels[label] ?? '', p95: value * profile.unitSeconds }]))
    .sort((a, b) => b.p95 - a.p95);
}
