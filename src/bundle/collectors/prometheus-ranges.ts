import { ReadError } from '../../clients/read-errors.ts';
import { candidatesOf, seriesSelection } from '../../diagnostics/evidence/metric-profile.ts';
import { chooseProfile, codeRatioQuery, quantileQuery, trafficQuery } from '../../diagnostics/rules/promql.ts';
import { json } from '../layout.ts';
import { onceMore } from '../once-more.ts';
import { type Chart, SHARE } from '../page/chart.ts';
import { type CollectorContext, defineCollector } from '../types.ts';

const POINTS = 240;
const SHORTEST_STEP_SECONDS = 5;

/** What the charts of an incident show, over the whole time that the bundle covers. */
export const prometheusRanges = defineCollector({
  id: 'prometheus-ranges',
  title: 'Rates over time',
  async *collect(context) {
    const charts = await onceMore(context.signal, () => readCharts(context));
    context.show({ charts });
    yield { path: 'prometheus/ranges.json', content: json(charts) };
  },
});

/** @throws ReadError where Prometheus does not answer, or holds no metrics of the service */
async function readCharts({ target, clients, now, sinceSeconds, signal }: CollectorContext): Promise<readonly Chart[]> {
  const { selector, windowSeconds } = target.prometheus;
  const profile = chooseProfile(await clients.prometheus.metricNames(selector, signal), candidatesOf(target));
  if (profile === undefined) throw new ReadError('not-found', 'Prometheus has no metrics of requests of the service.');
  const selection = seriesSelection({ target, windowSeconds });
  const range = {
    start: new Date(now.getTime() - sinceSeconds * 1_000),
    end: now,
    stepSeconds: Math.max(SHORTEST_STEP_SECONDS, Math.ceil(sinceSeconds / POINTS)),
  };
  const wanted = [
    { title: 'Requests', unit: 'per second', query: trafficQuery(profile, selection) },
    { title: 'Share of answers with 5xx', unit: SHARE, query: codeRatioQuery(profile, selection, '5..') },
    { title: 'Latency, 95th percentile', unit: 's', query: quantileQuery(0.95, profile, selection) },
    { title: 'Targets that are up', unit: '', query: `sum(up{${selector}})` },
  ];
  return Promise.all(
    wanted.map(async ({ title, unit, query }) => {
      const series = await clients.prometheus.queryRange(query, range, signal);
      return { title, unit, query, points: (series[0]?.points ?? []).map(({ at, value }) => ({ at, value })) };
    }),
  );
}
