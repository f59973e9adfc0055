import type { PrometheusSeries } from '../../clients/prometheus-read.ts';
import { beginningOfTrouble } from '../rules/onset.ts';
import { codeRatioQuery, quantileQuery } from '../rules/promql.ts';
import { promql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { foretold, metricProfile, PROMETHEUS_PERMISSION, seriesSelection } from './metric-profile.ts';

const LOOK_BACK_SECONDS = 3_600;
const STEP_SECONDS = 30;
/** A rate needs four scrapes; a short window finds the minute, where the run's own would smear it. */
const WINDOW_SECONDS = 60;

interface Onset {
  /** Since when p95 has been above its limit without a break; null: it is not, or was all along. */
  readonly latencySince: Date | null;
  readonly errorsSince: Date | null;
}

/** When latency and errors rose above their limits, within the last hour. */
export const onset = defineSource<Onset>({
  id: 'prom.onset',
  title: 'Beginning of the trouble',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, quantileQuery(0.95, ...foretold(target))),
  async collect(context) {
    const profile = (await context.require(metricProfile)).data;
    const selection = { ...seriesSelection(context), windowSeconds: WINDOW_SECONDS };
    const end = context.now;
    const range = { start: new Date(end.getTime() - LOOK_BACK_SECONDS * 1_000), end, stepSeconds: STEP_SECONDS };
    const ask = (query: string) => context.clients.prometheus.queryRange(query, range, context.signal);
    const [p95, errors] = await Promise.all([ask(quantileQuery(0.95, profile, selection)), ask(codeRatioQuery(profile, selection, '5..'))]);
    const { latencyP95WarnSeconds, errorRateWarnRatio } = context.thresholds;
    const limit = latencyP95WarnSeconds / profile.unitSeconds;
    return {
      data: {
        latencySince: dateOf(beginningOfTrouble(pointsOf(p95), limit)),
        errorsSince: dateOf(beginningOfTrouble(pointsOf(errors), errorRateWarnRatio)),
      },
      complete: true,
    };
  },
});

const dateOf = (seconds: number | null) => (seconds === null ? null : new Date(seconds * 1_000));

function pointsOf(series: readonly PrometheusSeries[]): PrometheusSeries['points'] {
  return series[0]?.points ?? [];
}
