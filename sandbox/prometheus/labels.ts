/** The label that carries a series' metric name. */
export const METRIC_NAME = '__name__';

/** An immutable set of labels; an empty value means that the label is absent, as in Prometheus. */
export class Labels {
  /** Sorted by name. */
  readonly entries: ReadonlyMap<string, string>;
  /** Equal for equal sets: usable as a Map key. */
  readonly key: string;
  #nameless: Labels | undefined;

  constructor(pairs: Iterable<readonly [string, string]>) {
    const kept = [...new Map(pairs)].filter(([, value]) => value !== '').sort(([a], [b]) => compareText(a, b));
    this.entries = new Map(kept);
    this.key = kept.map(([name, value]) => `${name}\u0001${value}`).join('\u0002');
  }

  get(name: string): string {
    return this.entries.get(name) ?? '';
  }

  /** The same labels without the metric name (most functions and operators drop it). */
  withoutName(): Labels {
    this.#nameless ??= this.entries.has(METRIC_NAME) ? this.without([METRIC_NAME]) : this;
    return this.#nameless;
  }

  without(names: readonly string[]): Labels {
    return new Labels([...this.entries].filter(([name]) => !names.includes(name)));
  }

  only(names: readonly string[]): Labels {
    return new Labels([...this.entries].filter(([name]) => names.includes(name)));
  }

  /** Sets one label; an empty value removes it. */
  with(name: string, value: string): Labels {
    return new Labels([...this.entries, [name, value]]);
  }

  toRecord(): Record<string, string> {
    return Object.fromEntries(this.entries);
  }

  /** As Prometheus prints it in error messages: `name{a="b"}`. */
  toString(): string {
    const body = [...this.entries].filter(([name]) => name !== METRIC_NAME).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
    const name = this.get(METRIC_NAME);
    if (body.length === 0 && name !== '') return name;
    return `${name}{${body.join(', ')}}`;
  }
}

/** The label set of nothing, e.g. of `vector(1)`. */
export const NO_LABELS = new Labels([]);

/** Labels of a plain object. */
export function labelsOf(record: Readonly<Record<string, string>>): Labels {
  return new Labels(Object.entries(record));
}

/** Order of label sets in answers: name by name, then value by value. */
export function compareLabels(a: Labels, b: Labels): number {
  const left = [...a.entries];
  const right = [...b.entries];
  for (const [index, [name, value]] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    const order = compareText(name, other[0]) || compareText(value, other[1]);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
