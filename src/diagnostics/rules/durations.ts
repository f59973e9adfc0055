/** .NET's TimeSpan: [d.]hh:mm:ss[.fffffff]. */
const TIME_SPAN = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?$/;
const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Seconds of a duration as .NET or ISO 8601 writes it, or of a number of seconds; null: it is none. */
export function parseDuration(text: string | number | null): number | null {
  if (text === null || typeof text === 'number') return text;
  const span = TIME_SPAN.exec(text.trim());
  if (span !== null) {
    const [, sign, days = '0', hours = '0', minutes = '0', rest = '0'] = span;
    return (sign === undefined ? 1 : -1) * (((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest));
  }
  const iso = ISO.exec(text.trim());
  if (iso === null || iso.slice(1).every((part) => part === undefined)) return null;
  const [, days = '0', hours = '0', minutes = '0', rest = '0'] = iso;
  return ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest);
}
