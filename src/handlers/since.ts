const DURATION = /^(\d{1,4})(m|h|d)$/;
const SECONDS: Readonly<Record<string, number>> = { m: 60, h: 3_600, d: 86_400 };
const DAY = /^\d{4}-\d\d-\d\d$/;

/** What may be typed. */
export const SINCE_EXAMPLES = '2h, 7d or 2026-11-01';

/** The moment of `30m`, `2h`, `7d` (ago) or `2026-11-01` (UTC); undefined where it is none. */
export function readSince(text: string, now: Date): Date | undefined {
  const [, amount = '', unit = ''] = DURATION.exec(text.toLowerCase()) ?? [];
  const seconds = Number(amount) * (SECONDS[unit] ?? 0);
  if (seconds > 0) return new Date(now.getTime() - seconds * 1_000);
  const day = DAY.test(text) ? new Date(`${text}T00:00:00Z`) : undefined;
  return day === undefined || Number.isNaN(day.getTime()) ? undefined : day;
}
