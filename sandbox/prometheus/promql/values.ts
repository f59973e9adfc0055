import type { Labels } from '../labels.ts';
import type { Samples } from '../series.ts';
import { ExecutionError } from './errors.ts';

/** One element of an instant vector; `time` is the sample's own time where it comes straight from a series. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
  readonly time?: number;
}
export type Vector = readonly Sample[];

/** One series of a range vector or of a range query's answer. */
export interface RangeSeries extends Samples {
  readonly labels: Labels;
}

/** What a query answers. Times are milliseconds since the epoch. */
export type Value =
  | { readonly type: 'scalar'; readonly time: number; readonly value: number }
  | { readonly type: 'string'; readonly time: number; readonly value: string }
  | { readonly type: 'vector'; readonly time: number; readonly samples: Vector }
  | { readonly type: 'matrix'; readonly series: readonly RangeSeries[] };

/** Throws when two elements of a vector have the same labels, which no answer may have. */
export function refuseDuplicates<T extends { readonly labels: Labels }>(elements: readonly T[]): readonly T[] {
  if (new Set(elements.map((element) => element.labels.key)).size !== elements.length)
    throw new ExecutionError('vector cannot contain metrics with the same labelset');
  return elements;
}
