/** Seconds from a moment until another; null where the moment is not known. */
export const secondsSince = (moment: Date | null, now: Date): number | null =>
  moment === null ? null : Math.max(0, Math.round((now.getTime() - moment.getTime()) / 1_000));

/** Orders moments, the most recent first and unknown ones last. */
export function moreRecent(a: Date | null, b: Date | null): number {
  return (b?.getTime() ?? Number.NEGATIVE_INFINITY) - (a?.getTime() ?? Number.NEGATIVE_INFINITY) || 0;
}
