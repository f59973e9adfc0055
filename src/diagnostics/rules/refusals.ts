import type { Thresholds } from '../../config/thresholds.ts';

/** How much above its level of an hour ago a share of refusals must be, to be a trouble of now. */
const REFUSAL_GROWTH = 3;

/** A share of refused requests: in the window, in the last moments, and an hour ago. Null where there was no traffic. */
interface Share {
  readonly ratio: number | null;
  readonly ratioRecently: number | null;
  readonly ratioAnHourAgo: number | null;
}

interface Traffic {
  readonly requestsPerSecond: number | null;
  readonly windowSeconds: number;
}

/** A share, and how many requests it is. */
export interface Refused {
  readonly ratio: number;
  readonly requests: number;
  readonly seconds: number;
}

/** The worse of the window and of the last moments: a young trouble is thin in the window, an old one may just have a pause. */
export function worst(
  { ratio, ratioRecently }: Pick<Share, 'ratio' | 'ratioRecently'>,
  traffic: Traffic & { readonly recent: Traffic },
): Refused {
  const long = refused(ratio, traffic);
  const short = refused(ratioRecently, traffic.recent);
  return short.ratio > long.ratio ? short : long;
}

function refused(ratio: number | null, { requestsPerSecond, windowSeconds }: Traffic): Refused {
  const requests = Math.round((ratio ?? 0) * (requestsPerSecond ?? 0) * windowSeconds);
  return { ratio: ratio ?? 0, requests, seconds: windowSeconds };
}

/** Whether so many more are refused than an hour ago that it is a trouble of now. */
export function isTrouble({ ratio, requests }: Refused, ratioAnHourAgo: number | null, thresholds: Thresholds): boolean {
  return (
    ratio > thresholds.errorRateFailRatio &&
    ratio > REFUSAL_GROWTH * (ratioAnHourAgo ?? 0) &&
    requests >= thresholds.errorRateMinimumFailures
  );
}
