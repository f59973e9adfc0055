import { NO_LABELS } from '../labels.ts';
import type { Vector } from './values.ts';

/** A function of an instant vector and scalars. */
type InstantFunction = (vector: Vector, ...scalars: readonly number[]) => Vector;

const ELEMENTWISE: Readonly<Record<string, (value: number) => number>> = {
  abs: Math.abs,
  ceil: Math.ceil,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  sgn: Math.sign,
  sqrt: Math.sqrt,
};

/** Functions that look at nothing but the elements of a vector. */
export const INSTANT_FUNCTIONS: ReadonlyMap<string, InstantFunction> = new Map<string, InstantFunction>([
  ...Object.entries(ELEMENTWISE).map(([name, change]): [string, InstantFunction] => [name, (vector) => mapValues(vector, change)]),
  ['clamp', (vector, low = 0, high = 0) => (low > high ? [] : mapValues(vector, (value) => Math.max(low, Math.min(high, value))))],
  ['clamp_min', (vector, low = 0) => mapValues(vector, (value) => Math.max(low, value))],
  ['clamp_max', (vector, high = 0) => mapValues(vector, (value) => Math.min(high, value))],
  ['round', (vector, nearest = 1) => mapValues(vector, (value) => Math.floor(value * (1 / nearest) + 0.5) / (1 / nearest))],
  ['sort', (vector) => sorted(vector, 1)],
  ['sort_desc', (vector) => sorted(vector, -1)],
]);

/** The only element's value, NaN when there is not exactly one. */
export function toScalar(vector: Vector): number {
  return vector.length === 1 ? (vector[0]?.value ?? Number.NaN) : Number.NaN;
}

/** One element without labels. */
export function toVector(value: number): Vector {
  return [{ labels: NO_LABELS, value }];
}

/** Changes each value; the metric name goes, as it no longer names what the value is. */
export function mapValues(vector: Vector, change: (value: number) => number): Vector {
  return vector.map(({ labels, value }) => ({ labels: labels.withoutName(), value: change(value) }));
}

/** NaN sorts last in either direction. */
export function sorted(vector: Vector, direction: 1 | -1): Vector {
  return [...vector].sort((a, b) => {
    if (Number.isNaN(a.value) || Number.isNaN(b.value)) return Number(Number.isNaN(a.value)) - Number(Number.isNaN(b.value));
    return a.value === b.value ? 0 : direction * (a.value < b.value ? -1 : 1);
  });
}
