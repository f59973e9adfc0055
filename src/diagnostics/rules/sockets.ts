/** PromQL about WebSockets, and what the lifetimes of connections tell. */

const matching = (metric: string, selector: string) => `${metric}{${selector}}`;

export const sumQuery = (metric: string, selector: string, offset?: '1h') =>
  `sum(${matching(metric, selector)}${offset === undefined ? '' : ` offset ${offset}`})`;

export const podsQuery = (metric: string, selector: string) => `sum by (pod) (${matching(metric, selector)})`;

/** Connections that ended in the window, by lifetime; those apart that a pod ended itself because it was stopped. */
export const bucketsQuery = (metric: string, selector: string, windowSeconds: number) =>
  `sum by (le) (increase(${matching(`${metric}_bucket`, `${selector},signalr_connection_status!="app_shutdown"`)}[${windowSeconds}s]))`;

export interface Lifetimes {
  /** Connections that ended, those of a moment apart. */
  readonly ended: number;
  /** The range of lifetimes that most of them share, seconds; null: none ended. */
  readonly from: number | null;
  readonly to: number | null;
  /** How large a share it is. */
  readonly ratio: number;
}

/** Connections of a moment are tries and probes, the bot's own among them. Seconds. */
const MOMENT_SECONDS = 2;

/** The lifetime that most connections have in common: people leave at any time, a timeout always at the same. */
export function commonLifetime(cumulative: readonly { readonly atMostSeconds: number; readonly ended: number }[]): Lifetimes {
  const ranges = cumulative.map((bucket, index) => ({
    from: cumulative[index - 1]?.atMostSeconds ?? 0,
    to: bucket.atMostSeconds,
    ended: Math.max(0, bucket.ended - (cumulative[index - 1]?.ended ?? 0)),
  }));
  const lasting = ranges.filter(({ from }) => from >= MOMENT_SECONDS);
  const ended = lasting.reduce((sum, range) => sum + range.ended, 0);
  const most = lasting.toSorted((a, b) => b.ended - a.ended)[0];
  if (most === undefined || ended === 0) return { ended: 0, from: null, to: null, ratio: 0 };
  return { ended: Math.round(ended), from: most.from, to: most.to, ratio: most.ended / ended };
}
