const DAY_MS = 86_400_000;
const PEAK_HOUR_UTC = 13.5;
const SWING = 0.3;

/** The time of day in the traffic: 1 on average, more in the early afternoon (UTC), less at night. */
export function dailyFactor(at: number): number {
  const phase = ((at % DAY_MS) / DAY_MS - PEAK_HOUR_UTC / 24) * 2 * Math.PI;
  return 1 + SWING * Math.cos(phase);
}
