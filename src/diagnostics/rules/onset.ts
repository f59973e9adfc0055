interface Point {
  /** Seconds since the epoch. */
  readonly at: number;
  readonly value: number;
}

/** Shorter breaks are none: a scrape that came late, or a minute without traffic. */
const BREAK_SECONDS = 120;

/**
 * Since when values have been above a limit without a break, up to the last point; seconds since the epoch. Null where the last
 * one is not above it, or where they were from the first point on: then it is older than what was looked at.
 */
export function beginningOfTrouble(points: readonly Point[], limit: number): number | null {
  const [first] = points;
  let began: number | undefined;
  for (const { at, value } of points.toReversed()) {
    if (value > limit) began = at;
    else if (began === undefined) return null;
    else if (began - at > BREAK_SECONDS) return began;
  }
  return began === undefined || first === undefined || first.value > limit ? null : began;
}
