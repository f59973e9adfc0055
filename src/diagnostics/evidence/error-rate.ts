import { codeRatioQuery, failuresByPlaceQuery, trafficQuery } from '../rules/promql.ts';
import { promql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { foretold, metricProfile, PROMETHEUS_PERMISSION, scalar, seriesSelection } from './metric-profile.ts';

const SERVER_ERRORS = '5..';
/** The application maps failures of the database to these two as well, so that an outage may show no 5xx at all. */
const SOFT_ERRORS = '408|409';

export interface ErrorRate {
  readonly windowSeconds: number;
  readonly requestsPerSecond: number | null;
  /** Share of answers with 5xx; null where there was no traffic. */
  readonly serverErrorRatio: number | null;
  readonly softErrorRatio: number | null;
  readonly softErrorRatioAnHourAgo: number | null;
  readonly tooManyRequestsRatio: number | null;
  /** Where most of the 5xx come from. */
  readonly places: readonly { readonly pod: string; readonly route: string; readonly code: string; readonly perSecond: number }[];
}

export const errorRate = defineSource<ErrorRate>({
  id: 'prom.error_rate',
  title: 'Share of failed requests',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, codeRatioQuery(...foretold(target), SERVER_ERRORS)),
  async collect(context) {
    const profile = (await context.require(metricProfile)).data;
    const selection = seriesSelection(context);
    const places = failuresByPlaceQuery(profile, selection);
    const queries = [
      codeRatioQuery(profile, selection, SERVER_ERRORS),
      codeRatioQuery(profile, selection, SOFT_ERRORS),
      codeRatioQuery(profile, selection, SOFT_ERRORS, { offset: '1h' }),
      codeRatioQuery(profile, selection, '429'),
      trafficQuery(profile, selection),
    ];
    const [[server, soft, softBefore, tooMany, requests], samples] = await Promise.all([
      Promise.all(queries.map((query) => scalar(context, query))),
      context.clients.prometheus.query(places, context.signal),
    ]);
    const data: ErrorRate = {
      windowSeconds: selection.windowSeconds,
      requestsPerSecond: requests ?? null,
      serverErrorRatio: server ?? null,
      softErrorRatio: soft ?? null,
      softErrorRatioAnHourAgo: softBefore ?? null,
      tooManyRequestsRatio: tooMany ?? null,
      places: samples.flatMap(({ labels, value }) =>
        value === null || value === 0
          ? []
          : [{ pod: labels.pod ?? '', route: labels[profile.route] ?? '', code: labels[profile.code] ?? '', perSecond: value }],
      ),
    };
    return { data, complete: true, asked: promql(context.target, ...queries.slice(0, 4), places) };
  },
});
