import { z } from 'zod';
import { matches, Pattern } from './pattern.ts';

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const NAMES: readonly string[] = DAYS;
const Clock = z
  .string()
  .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/, 'must be a time of day in quotes, such as "16:30"; "24:00" ends a day');
const Zone = z.string().refine(isZone, 'must be an IANA time zone, such as Europe/Berlin');

/**
 * A time of the week in which no fix is planned or begun. `to` before `from`: it ends on the next day. Both are local times of
 * `zone`, also on days when the clocks change.
 */
export const FreezeWindow = z
  .strictObject({
    days: z.array(z.enum(DAYS)).min(1),
    from: Clock,
    to: Clock,
    zone: Zone,
    reason: z.string().min(1).max(300),
    target: z.array(Pattern).min(1).default(['*']),
    remediation: z.array(Pattern).min(1).default(['*']),
  })
  .refine(({ from, to }) => from !== to, { path: ['to'], message: 'must differ from "from"' });

export type FreezeWindow = z.infer<typeof FreezeWindow>;

/** The first window that is open now for a remediation on a target. */
export function openWindow(
  windows: readonly FreezeWindow[],
  { remediation, target }: { readonly remediation: string; readonly target: string },
  now: Date,
): FreezeWindow | undefined {
  return windows.find(
    (window) =>
      isOpen(window, now) &&
      window.target.some((pattern) => matches(pattern, target)) &&
      window.remediation.some((pattern) => matches(pattern, remediation)),
  );
}

function isOpen({ days, from, to, zone }: FreezeWindow, now: Date): boolean {
  const { day, clock } = localTime(zone, now);
  const today = days.some((one) => NAMES.indexOf(one) === day);
  if (from < to) return today && clock >= from && clock < to;
  const yesterday = days.some((one) => NAMES.indexOf(one) === (day + 6) % 7);
  return (today && clock >= from) || (yesterday && clock < to);
}

/** Monday is 0. */
function localTime(zone: string, now: Date): { readonly day: number; readonly clock: string } {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const weekday = (parts.get('weekday') ?? '').toLowerCase();
  return { day: NAMES.indexOf(weekday), clock: `${parts.get('hour')}:${parts.get('minute')}` };
}

function isZone(text: string): boolean {
  try {
    return Intl.DateTimeFormat('en-GB', { timeZone: text }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
