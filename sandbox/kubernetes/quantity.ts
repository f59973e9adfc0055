const factors: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

const form = /^([+-]?\d+(?:\.\d*)?|[+-]?\.\d+)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/** Whether the text is a Kubernetes resource.Quantity ("250m", "1.5Gi", "2e3"). */
export function isQuantity(text: string): boolean {
  return form.test(text);
}

/** The value of a resource.Quantity in its base unit (cores, bytes). Throws on other text. */
export function quantity(text: string): number {
  const match = form.exec(text);
  if (!match) throw new RangeError(`not a quantity: ${text}`);
  const [, digits = '0', exponent, suffix = ''] = match;
  return exponent ? Number(`${digits}${exponent}`) : Number(digits) * (factors[suffix] ?? 1);
}

/** Cores as Kubernetes writes them: whole cores bare, else millicores. */
function formatCpu(cores: number): string {
  const millicores = Math.round(cores * 1000);
  return millicores % 1000 === 0 ? String(millicores / 1000) : `${millicores}m`;
}

/** Bytes with the largest binary suffix that loses nothing. */
export function formatBytes(bytes: number): string {
  const whole = Math.round(bytes);
  for (const suffix of ['Gi', 'Mi', 'Ki']) {
    const factor = factors[suffix] ?? 1;
    if (whole !== 0 && whole % factor === 0) return `${whole / factor}${suffix}`;
  }
  return String(whole);
}

/** The amount of a named resource as Kubernetes writes it. */
export function formatResource(name: string, amount: number): string {
  if (name.endsWith('cpu')) return formatCpu(amount);
  if (name.endsWith('memory') || name.endsWith('storage')) return formatBytes(amount);
  return String(amount);
}
