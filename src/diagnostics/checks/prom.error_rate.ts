import { errorRate } from '../evidence/error-rate.ts';
import { percent, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type ErrorFacts = {
  serverErrorRatio: number | null;
  failedRequests: number | null;
  softErrorRatio: number | null;
  softErrorRatioAnHourAgo: number | null;
  tooManyRequestsRatio: number | null;
  warnRatio: number;
  failRatio: number;
  minimumFailures: number;
  places: { pod: string; route: string; code: string; perSecond: number }[];
};

/** How much above its level of an hour ago the share of 408 and 409 must be. */
const SOFT_GROWTH = 3;

export const promErrorRate = defineCheck({
  id: 'prom.error_rate',
  title: 'Error rate',
  needs: { errorRate },
  judge({ errorRate: { data } }, { thresholds }): Judgement<ErrorFacts> {
    const { serverErrorRatio: ratio, softErrorRatio: soft, requestsPerSecond } = data;
    const failed = ratio === null || requestsPerSecond === null ? null : Math.round(ratio * requestsPerSecond * data.windowSeconds);
    const facts = {
      serverErrorRatio: ratio,
      failedRequests: failed,
      softErrorRatio: soft,
      softErrorRatioAnHourAgo: data.softErrorRatioAnHourAgo,
      tooManyRequestsRatio: data.tooManyRequestsRatio,
      warnRatio: thresholds.errorRateWarnRatio,
      failRatio: thresholds.errorRateFailRatio,
      minimumFailures: thresholds.errorRateMinimumFailures,
      places: data.places.map((place) => ({ ...place })),
    };
    const window = `in the last ${seconds(data.windowSeconds)}`;
    if (ratio === null || requestsPerSecond === null || requestsPerSecond < thresholds.minimumTrafficPerSecond)
      return { verdict: 'unknown', summary: `Too little traffic ${window} to know the error rate.`, facts };
    const held = (limit: number) =>
      `${percent(ratio)} of requests failed with 5xx ${window} (${failed ?? 0} of them), above ${percent(limit)}.`;
    if (ratio > thresholds.errorRateFailRatio && (failed ?? 0) >= thresholds.errorRateMinimumFailures)
      return { verdict: 'fail', summary: held(thresholds.errorRateFailRatio), facts };
    if (ratio > thresholds.errorRateWarnRatio) return { verdict: 'warn', summary: held(thresholds.errorRateWarnRatio), facts };
    if (soft !== null && soft > thresholds.errorRateFailRatio && soft > SOFT_GROWTH * (data.softErrorRatioAnHourAgo ?? 0))
      return {
        verdict: 'warn',
        summary: `${percent(soft)} of requests ended with 408 or 409 ${window}, an hour ago ${percent(data.softErrorRatioAnHourAgo ?? 0)}.`,
        facts,
      };
    return {
      verdict: 'ok',
      summary: `${percent(ratio)} of requests failed with 5xx ${window}, not above ${percent(thresholds.errorRateWarnRatio)}.`,
      facts,
    };
  },
});
