import type { PrometheusSample } from '../../clients/prometheus-read.ts';
import { answersByCodeQuery, answersByPlaceQuery, codeRatioQuery, failuresByPlaceQuery, type MetricProfile } from '../rules/promql.ts';
import { promql } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { foretold, fromSeries, metricProfile, PROMETHEUS_PERMISSION, recentSelection, scalar, seriesSelection } from './metric-profile.ts';
import { together } from './together.ts';
import { traffic } from './traffic.ts';

const SERVER_ERRORS = '5..';
/**
 * Refusals that have causes of their own. The application maps failures of the database to 408 and 409 as well, so that an
 * outage may show no 5xx at all.
 */
const REFUSALS = ['401', '408', '409', '429'] as const;

/** Where answers of a kind come from. */
export interface ErrorPlace {
  readonly pod: string;
  readonly route: string;
  readonly code: string;
  readonly perSecond: number;
}

/** How many of all requests ended with a code: in the window, in the last moments, and in a window an hour ago. */
export interface CodeShare {
  readonly code: string;
  readonly ratio: number;
  readonly ratioRecently: number | null;
  /** Null where there was no traffic an hour ago. */
  readonly ratioAnHourAgo: number | null;
}

export interface ErrorRate {
  readonly windowSeconds: number;
  readonly requestsPerSecond: number | null;
  /** Share of answers with 5xx; null where there was no traffic. */
  readonly serverErrorRatio: number | null;
  /** The last moments alone: where the trouble is younger than the window, or over. */
  readonly recent: { readonly windowSeconds: number; readonly requestsPerSecond: number | null; readonly serverErrorRatio: number | null };
  /** 401, 408, 409 and 429. */
  readonly codes: readonly CodeShare[];
  /** Where most of the 5xx come from. */
  readonly places: readonly ErrorPlace[];
  /** Where most of the 401, 408, 409 and 429 come from. */
  readonly refusals: readonly ErrorPlace[];
}

export const errorRate = defineSource<ErrorRate>({
  id: 'prom.error_rate',
  title: 'Share of failed requests',
  permission: PROMETHEUS_PERMISSION,
  asked: (target) => promql(target, codeRatioQuery(...foretold(target), SERVER_ERRORS)),
  async collect(context) {
    const named = await context.require(metricProfile);
    const profile = named.data;
    const selection = seriesSelection(context);
    const recent = recentSelection(context);
    const refusals = REFUSALS.join('|');
    const numbers = [codeRatioQuery(profile, selection, SERVER_ERRORS), codeRatioQuery(profile, recent, SERVER_ERRORS)];
    const vectors = [
      answersByCodeQuery(profile, selection, refusals),
      answersByCodeQuery(profile, recent, refusals),
      answersByCodeQuery(profile, selection, refusals, { offset: '1h' }),
      failuresByPlaceQuery(profile, selection),
      answersByPlaceQuery(profile, recent, refusals),
    ];
    const [[server, serverRecently], samples, { data: requests }] = await together(
      Promise.all(numbers.map((query) => scalar(context, query))),
      Promise.all(vectors.map((query) => context.clients.prometheus.query(query, context.signal))),
      context.require(traffic),
    );
    const [now = [], recently = [], before = [], failures = [], refused = []] = samples;
    const sharesOf = (found: readonly PrometheusSample[], perSecond: number | null) => (code: string) =>
      perSecond === null || perSecond === 0 ? null : (found.find(({ labels }) => labels[profile.code] === code)?.value ?? 0) / perSecond;
    const [share, shareRecently, shareBefore] = [
      sharesOf(now, requests.perSecond),
      sharesOf(recently, requests.recent.perSecond),
      sharesOf(before, requests.perSecondAnHourAgo),
    ];
    const data: ErrorRate = {
      windowSeconds: selection.windowSeconds,
      requestsPerSecond: requests.perSecond,
      serverErrorRatio: server ?? null,
      recent: {
        windowSeconds: recent.windowSeconds,
        requestsPerSecond: requests.recent.perSecond,
        serverErrorRatio: serverRecently ?? null,
      },
      codes: REFUSALS.flatMap((code) => {
        const ratio = share(code);
        return ratio === null ? [] : [{ code, ratio, ratioRecently: shareRecently(code), ratioAnHourAgo: shareBefore(code) }];
      }),
      places: placesOf(failures, profile),
      refusals: placesOf(refused, profile),
    };
    return fromSeries(named, data, promql(context.target, ...numbers, ...vectors));
  },
});

function placesOf(samples: readonly PrometheusSample[], profile: MetricProfile): ErrorPlace[] {
  return samples.flatMap(({ labels, value }) =>
    value === null || value === 0
      ? []
      : [{ pod: labels.pod ?? '', route: labels[profile.route] ?? '', code: labels[profile.code] ?? '', perSecond: value }],
  );
}
