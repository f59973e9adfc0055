/** A float as Go's strconv.FormatFloat(value, 'f', -1, 64) prints it: never an exponent. */
export function goFloat(value: number): string {
  const special = specialFloat(value);
  if (special !== undefined) return special;
  const text = String(value);
  const found = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (!found) return text;
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = found;
  const digits = whole + fraction;
  const exponent = Number(exponentText);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  return `${sign}${digits.padEnd(exponent + 1, '0')}`;
}

/** A sample's value as the API writes it: like goFloat, but with an exponent below 1e-6 and from 1e21 on. */
export function sampleText(value: number): string {
  return specialFloat(value) ?? String(value).replace(/e([+-])(\d)$/, 'e$10$2');
}

function specialFloat(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (value === Number.POSITIVE_INFINITY) return '+Inf';
  if (value === Number.NEGATIVE_INFINITY) return '-Inf';
  return Object.is(value, -0) ? '-0' : undefined;
}
