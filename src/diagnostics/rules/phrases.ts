/** Numbers as people read them. */

export function seconds(value: number): string {
  if (value < 1) return `${Math.round(value * 1_000)} ms`;
  if (value < 10) return `${trim(value, 1)} s`;
  if (value < 120) return `${Math.round(value)} s`;
  if (value < 7_200) return `${Math.round(value / 60)} min`;
  return `${trim(value / 3_600, 1)} h`;
}

export const milliseconds = (value: number) => (value < 10 ? `${trim(value, 1)} ms` : `${Math.round(value)} ms`);

export const percent = (ratio: number) => `${trim(ratio * 100, ratio < 0.1 ? 1 : 0)} %`;

export const perSecond = (value: number) => `${trim(value, value < 10 ? 2 : 0)} requests/s`;

export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const step = value < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log(value) / Math.log(1_024)));
  return `${trim(value / 1_024 ** step, 1)} ${units[step]}`;
}

/** CPU as kubectl writes it: thousandths of a core. */
export const cores = (value: number) => `${Math.round(value * 1_000)}m`;

export const count = (number: number, one: string, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;

/** The form of a verb, or of another word, that goes with a number. */
export const form = (number: number, one: string, many: string) => (number === 1 ? one : many);

/** The first few of a list, and how many more there are. */
export function some(items: readonly string[], most = 3): string {
  const rest = items.length - most;
  return rest > 0 ? `${items.slice(0, most).join(', ')} and ${rest} more` : items.join(', ');
}

export const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/** Text on one line, cut to a length. */
export function short(text: string, length = 120): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}

function trim(value: number, digits: number): string {
  return String(Number(value.toFixed(digits)));
}

/** A time of ISO 8601 in UTC for people, without the fractions of a second. */
export const utc = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

/** Who goes on once a session gives its locks up. */
export function waiters(count: number): string {
  if (count === 0) return 'No session waits for it directly.';
  return count === 1 ? '1 session waits for it directly and can go on.' : `${count} sessions wait for it directly and can go on.`;
}
