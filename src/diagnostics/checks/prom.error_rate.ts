import { type CodeShare, type ErrorRate, errorRate } from '../evidence/error-rate.ts';
import { percent, seconds } from '../rules/phrases.ts';
import { isTrouble, type Refused, worst } from '../rules/refusals.ts';
import { defineCheck, type Judgement } from '../types.ts';

type Place = { pod: string; route: string; code: string; perSecond: number };
type CodeFact = {
  /** 401, 408, 409 or 429. */
  code: string;
  ratio: number;
  ratioRecently: number | null;
  ratioAnHourAgo: number | null;
  /** So many more than an hour ago that it is a trouble of now. */
  trouble: boolean;
};

type ErrorFacts = {
  serverErrorRatio: number | null;
  serverErrorRatioRecently: number | null;
  failedRequests: number | null;
  softErrorRatio: number | null;
  softErrorRatioAnHourAgo: number | null;
  windowSeconds: number;
  recentWindowSeconds: number;
  warnRatio: number;
  failRatio: number;
  minimumFailures: number;
  places: Place[];
  codes: CodeFact[];
  /** Where the refusals (401, 408, 409, 429) of the last moments come from. */
  refusals: Place[];
};

const SOFT = new Set(['408', '409']);

export const promErrorRate = defineCheck({
  id: 'prom.error_rate',
  title: 'Error rate',
  needs: { errorRate },
  judge({ errorRate: { data } }, { thresholds }): Judgement<ErrorFacts> {
    const { serverErrorRatio: ratio, requestsPerSecond, windowSeconds, recent } = data;
    const codes = data.codes.map((share) => ({
      ...share,
      trouble: isTrouble(worst(share, data), share.ratioAnHourAgo, thresholds),
    }));
    const soft = softErrors(data);
    const failed = ratio === null || requestsPerSecond === null ? null : Math.round(ratio * requestsPerSecond * windowSeconds);
    const facts = {
      serverErrorRatio: ratio,
      serverErrorRatioRecently: recent.serverErrorRatio,
      failedRequests: failed,
      softErrorRatio: soft.ratio,
      softErrorRatioAnHourAgo: soft.ratioAnHourAgo,
      windowSeconds,
      recentWindowSeconds: recent.windowSeconds,
      warnRatio: thresholds.errorRateWarnRatio,
      failRatio: thresholds.errorRateFailRatio,
      minimumFailures: thresholds.errorRateMinimumFailures,
      places: data.places.map((place) => ({ ...place })),
      codes,
      refusals: data.refusals.map((place) => ({ ...place })),
    };
    const window = `in the last ${seconds(windowSeconds)}`;
    if (ratio === null || requestsPerSecond === null || requestsPerSecond < thresholds.minimumTrafficPerSecond)
      return { verdict: 'unknown', summary: `Too little traffic ${window} to know the error rate.`, facts };
    const server = worst({ ratio, ratioRecently: recent.serverErrorRatio }, data);
    if (server.ratio > thresholds.errorRateFailRatio && server.requests >= thresholds.errorRateMinimumFailures)
      return { verdict: 'fail', summary: serverErrors(server, thresholds.errorRateFailRatio), facts };
    if (ratio > thresholds.errorRateWarnRatio)
      return {
        verdict: 'warn',
        summary: serverErrors({ ratio, requests: failed ?? 0, seconds: windowSeconds }, thresholds.errorRateWarnRatio),
        facts,
      };
    const refused = [soft, ...data.codes.filter(({ code }) => !SOFT.has(code)).map((share) => ({ ...share, codes: share.code }))];
    const trouble = refused.find((share) => isTrouble(worst(share, data), share.ratioAnHourAgo, thresholds));
    if (trouble !== undefined) {
      const { ratio: share, seconds: length } = worst(trouble, data);
      return {
        verdict: 'warn',
        summary: `${percent(share)} of requests ended with ${trouble.codes} in the last ${seconds(length)}, an hour ago ${percent(trouble.ratioAnHourAgo ?? 0)}.`,
        facts,
      };
    }
    return {
      verdict: 'ok',
      summary: `${percent(ratio)} of requests failed with 5xx ${window}, not above ${percent(thresholds.errorRateWarnRatio)}.`,
      facts,
    };
  },
});

function serverErrors({ ratio, requests, seconds: length }: Refused, limit: number): string {
  return `${percent(ratio)} of requests failed with 5xx in the last ${seconds(length)} (${requests} of them), above ${percent(limit)}.`;
}

/** 408 and 409 together: the application answers with either where the database fails it. */
function softErrors({ codes }: ErrorRate) {
  const soft = codes.filter(({ code }) => SOFT.has(code));
  const total = (ratioOf: (share: CodeShare) => number | null) => {
    const known = soft.flatMap((share) => ratioOf(share) ?? []);
    return known.length === 0 ? null : known.reduce((sum, ratio) => sum + ratio, 0);
  };
  return {
    codes: '408 or 409',
    ratio: total(({ ratio }) => ratio),
    ratioRecently: total(({ ratioRecently }) => ratioRecently),
    ratioAnHourAgo: total(({ ratioAnHourAgo }) => ratioAnHourAgo),
  };
}
