import type { Labels } from './labels.ts';

/** Consecutive samples of one series: milliseconds since the epoch, and values. */
export interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** One sample. */
interface Point {
  readonly time: number;
  readonly value: number;
}

const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;

/** Times and values side by side; values also as raw bits, as copying a NaN as a number may change what it says. */
class Columns {
  readonly times: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly #bits: Uint32Array;

  constructor(capacity: number) {
    this.times = new Float64Array(capacity);
    this.values = new Float64Array(capacity);
    this.#bits = new Uint32Array(this.values.buffer);
  }

  put(index: number, time: number, value: number): void {
    this.times[index] = time;
    this.values[index] = value;
  }

  putStale(index: number, time: number): void {
    this.times[index] = time;
    this.#bits[2 * index] = STALE_LOW;
    this.#bits[2 * index + 1] = STALE_HIGH;
  }

  isStale(index: number): boolean {
    return Number.isNaN(this.values[index]) && this.#bits[2 * index] === STALE_LOW && this.#bits[2 * index + 1] === STALE_HIGH;
  }

  /** Copies another's rows [start, end) to `index`. */
  copy(index: number, source: Columns, start: number, end: number): void {
    this.times.set(source.times.subarray(start, end), index);
    this.values.set(source.values.subarray(start, end), index);
  }
}

/**
 * The samples of one series in growing typed arrays, in order of time.
 * A stale marker is the NaN with the bits that Prometheus uses (0x7ff0000000000002), so it needs no place of its own.
 */
export class Series {
  readonly labels: Labels;
  #columns = new Columns(16);
  #start = 0;
  #end = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Adds a sample; false when it is not younger than the youngest one (Prometheus refuses those too). */
  append(time: number, value: number): boolean {
    const index = this.#reserve(time);
    if (index !== undefined) this.#columns.put(index, time, value);
    return index !== undefined;
  }

  /** Marks the series as gone at this time; false as for append. */
  appendStale(time: number): boolean {
    const index = this.#reserve(time);
    if (index !== undefined) this.#columns.putStale(index, time);
    return index !== undefined;
  }

  /**
   * Puts ascending samples among those that are here, which win where times are equal.
   * `ended` adds a stale marker 1 ms after the last one. Throws RangeError when the times do not ascend.
   */
  merge(times: ArrayLike<number>, values: ArrayLike<number>, ended: boolean): void {
    const added = columnsOf(times, values, ended);
    const count = added.times.length;
    const merged = new Columns(capacityFor(count + this.length));
    let size = 0;
    let own = this.#start;
    let other = 0;
    while (other < count) {
      const upTo = this.#columns.times[own] ?? 0;
      const otherEnd = own < this.#end ? firstWhere(added.times, other, count, (time) => time >= upTo) : count;
      merged.copy(size, added, other, otherEnd);
      size += otherEnd - other;
      const next = added.times[otherEnd] ?? Number.POSITIVE_INFINITY;
      const ownEnd = firstWhere(this.#columns.times, own, this.#end, (time) => time > next);
      merged.copy(size, this.#columns, own, ownEnd);
      size += ownEnd - own;
      own = ownEnd;
      other = ownEnd > this.#start && this.#columns.times[ownEnd - 1] === next ? otherEnd + 1 : otherEnd;
    }
    merged.copy(size, this.#columns, own, this.#end);
    this.#adopt(merged, size + this.#end - own);
  }

  /** Makes other values of those that are here; stale markers stay. */
  amend(value: (time: number, value: number) => number): void {
    const { times, values } = this.#columns;
    for (let index = this.#start; index < this.#end; index++) {
      if (!this.#columns.isStale(index)) values[index] = value(times[index] ?? 0, values[index] ?? Number.NaN);
    }
  }

  /** Forgets samples older than `before`. */
  dropBefore(before: number): void {
    this.#start = this.#firstAtOrAfter(before);
    if (this.#start > 1024 && this.#start > this.#end / 2) this.#resize(capacityFor(this.length));
  }

  /** The last sample at or before `time` that is not older than `lookback` ms; undefined also when it is a stale marker. */
  at(time: number, lookback: number): Point | undefined {
    const index = this.#firstAfter(time) - 1;
    const found = this.#columns.times[index];
    if (index < this.#start || found === undefined || found < time - lookback || this.#columns.isStale(index)) return undefined;
    return { time: found, value: this.#columns.values[index] ?? Number.NaN };
  }

  /** All samples with from <= time <= to, stale markers left out. A view where possible: do not keep it. */
  window(from: number, to: number): Samples {
    const start = this.#firstAtOrAfter(from);
    const end = this.#firstAfter(to);
    for (let index = start; index < end; index++) if (this.#columns.isStale(index)) return this.#withoutStale(start, end);
    return { times: this.#columns.times.subarray(start, end), values: this.#columns.values.subarray(start, end) };
  }

  /** Whether there is any sample in the closed interval. */
  hasSamples(from: number, to: number): boolean {
    return this.#firstAtOrAfter(from) < this.#firstAfter(to);
  }

  #withoutStale(start: number, end: number): Samples {
    const { times, values } = this.#columns;
    const kept: number[] = [];
    for (let index = start; index < end; index++) if (!this.#columns.isStale(index)) kept.push(index);
    return {
      times: Float64Array.from(kept, (index) => times[index] ?? 0),
      values: Float64Array.from(kept, (index) => values[index] ?? Number.NaN),
    };
  }

  #reserve(time: number): number | undefined {
    const last = this.#columns.times[this.#end - 1];
    if (this.length > 0 && last !== undefined && time <= last) return undefined;
    if (this.#end === this.#columns.times.length) this.#resize(capacityFor(this.length + 1));
    return this.#end++;
  }

  #resize(capacity: number): void {
    const columns = new Columns(capacity);
    columns.copy(0, this.#columns, this.#start, this.#end);
    this.#adopt(columns, this.length);
  }

  #adopt(columns: Columns, length: number): void {
    this.#columns = columns;
    this.#start = 0;
    this.#end = length;
  }

  #firstAtOrAfter(time: number): number {
    return firstWhere(this.#columns.times, this.#start, this.#end, (candidate) => candidate >= time);
  }

  #firstAfter(time: number): number {
    return firstWhere(this.#columns.times, this.#start, this.#end, (candidate) => candidate > time);
  }
}

/** The first row of [from, end) whose time is right, `end` when none is; times ascend. */
function firstWhere(times: Float64Array, from: number, end: number, isRight: (time: number) => boolean): number {
  let low = from;
  let high = end;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (isRight(times[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function columnsOf(times: ArrayLike<number>, values: ArrayLike<number>, ended: boolean): Columns {
  const count = times.length;
  if (values.length !== count) throw new RangeError(`${count} times but ${values.length} values`);
  const columns = new Columns(count + Number(ended && count > 0));
  columns.times.set(times);
  columns.values.set(values);
  for (let index = 1; index < count; index++) {
    if ((columns.times[index] ?? 0) <= (columns.times[index - 1] ?? 0)) throw new RangeError(`times do not ascend at row ${index}`);
  }
  if (columns.times.length > count) columns.putStale(count, (columns.times[count - 1] ?? 0) + 1);
  return columns;
}

function capacityFor(length: number): number {
  return Math.max(16, Math.ceil(length * 1.5));
}
