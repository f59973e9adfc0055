import type { Labels } from './labels.ts';

/** Consecutive samples of one series: milliseconds since the epoch, and values. */
export interface Samples {
  readonly times: Float64Array;
  readonly values: Float64Array;
}

/** One sample. */
export interface Point {
  readonly time: number;
  readonly value: number;
}

const STALE_LOW = 2;
const STALE_HIGH = 0x7ff00000;

/**
 * The samples of one series in growing typed arrays, in order of time.
 * A stale marker is the NaN with the bits that Prometheus uses (0x7ff0000000000002), so it needs no place of its own.
 */
export class Series {
  readonly labels: Labels;
  #times = new Float64Array(16);
  #values = new Float64Array(16);
  #bits = new Uint32Array(this.#values.buffer);
  #start = 0;
  #end = 0;

  constructor(labels: Labels) {
    this.labels = labels;
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Time of the oldest and the youngest sample, stale markers included; undefined when empty. */
  get span(): { readonly from: number; readonly to: number } | undefined {
    const from = this.#times[this.#start];
    const to = this.#times[this.#end - 1];
    if (this.length === 0 || from === undefined || to === undefined) return undefined;
    return { from, to };
  }

  /** Adds a sample; false when it is not younger than the youngest one (Prometheus refuses those too). */
  append(time: number, value: number): boolean {
    const index = this.#reserve(time);
    if (index === undefined) return false;
    this.#values[index] = value;
    return true;
  }

  /** Marks the series as gone at this time. */
  appendStale(time: number): boolean {
    const index = this.#reserve(time);
    if (index === undefined) return false;
    this.#bits[2 * index] = STALE_LOW;
    this.#bits[2 * index + 1] = STALE_HIGH;
    return true;
  }

  /** Puts older, ordered samples in front; those that are not older than what is here are left out. */
  prepend(times: ArrayLike<number>, values: ArrayLike<number>): void {
    const first = this.span?.from ?? Number.POSITIVE_INFINITY;
    let count = Math.min(times.length, values.length);
    while (count > 0 && (times[count - 1] ?? 0) >= first) count--;
    const length = this.length;
    const nextTimes = new Float64Array(capacityFor(count + length));
    const nextValues = new Float64Array(nextTimes.length);
    nextTimes.set(sliceOf(times, count));
    nextValues.set(sliceOf(values, count));
    nextTimes.set(this.#times.subarray(this.#start, this.#end), count);
    nextValues.set(this.#values.subarray(this.#start, this.#end), count);
    this.#adopt(nextTimes, nextValues, count + length);
  }

  /** Forgets samples older than `before`. */
  dropBefore(before: number): void {
    this.#start = this.#firstAtOrAfter(before);
    if (this.#start > 1024 && this.#start > this.#end / 2) this.#resize(capacityFor(this.length));
  }

  /** The last sample at or before `time` that is not older than `lookback` ms; undefined also when it is a stale marker. */
  at(time: number, lookback: number): Point | undefined {
    const index = this.#firstAfter(time) - 1;
    const found = this.#times[index];
    if (index < this.#start || found === undefined || found < time - lookback || this.#isStale(index)) return undefined;
    return { time: found, value: this.#values[index] ?? Number.NaN };
  }

  /** All samples with from <= time <= to, stale markers left out. A view where possible: do not keep it. */
  window(from: number, to: number): Samples {
    const start = this.#firstAtOrAfter(from);
    const end = this.#firstAfter(to);
    for (let index = start; index < end; index++) if (this.#isStale(index)) return this.#withoutStale(start, end);
    return { times: this.#times.subarray(start, end), values: this.#values.subarray(start, end) };
  }

  /** Whether there is any sample in the closed interval. */
  hasSamples(from: number, to: number): boolean {
    return this.#firstAtOrAfter(from) < this.#firstAfter(to);
  }

  #withoutStale(start: number, end: number): Samples {
    const kept: number[] = [];
    for (let index = start; index < end; index++) if (!this.#isStale(index)) kept.push(index);
    return {
      times: Float64Array.from(kept, (index) => this.#times[index] ?? 0),
      values: Float64Array.from(kept, (index) => this.#values[index] ?? Number.NaN),
    };
  }

  #isStale(index: number): boolean {
    return Number.isNaN(this.#values[index]) && this.#bits[2 * index] === STALE_LOW && this.#bits[2 * index + 1] === STALE_HIGH;
  }

  #reserve(time: number): number | undefined {
    const last = this.#times[this.#end - 1];
    if (this.length > 0 && last !== undefined && time <= last) return undefined;
    if (this.#end === this.#times.length) this.#resize(capacityFor(this.length + 1));
    const index = this.#end++;
    this.#times[index] = time;
    return index;
  }

  #resize(capacity: number): void {
    const times = new Float64Array(capacity);
    const values = new Float64Array(capacity);
    times.set(this.#times.subarray(this.#start, this.#end));
    values.set(this.#values.subarray(this.#start, this.#end));
    this.#adopt(times, values, this.length);
  }

  #adopt(times: Float64Array<ArrayBuffer>, values: Float64Array<ArrayBuffer>, length: number): void {
    this.#times = times;
    this.#values = values;
    this.#bits = new Uint32Array(values.buffer);
    this.#start = 0;
    this.#end = length;
  }

  #firstAtOrAfter(time: number): number {
    return this.#search((candidate) => candidate >= time);
  }

  #firstAfter(time: number): number {
    return this.#search((candidate) => candidate > time);
  }

  #search(isRight: (time: number) => boolean): number {
    let low = this.#start;
    let high = this.#end;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (isRight(this.#times[middle] ?? Number.POSITIVE_INFINITY)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}

function capacityFor(length: number): number {
  return Math.max(16, Math.ceil(length * 1.5));
}

function sliceOf(source: ArrayLike<number>, count: number): ArrayLike<number> {
  if (source.length === count) return source;
  return source instanceof Float64Array ? source.subarray(0, count) : Array.prototype.slice.call(source, 0, count);
}
