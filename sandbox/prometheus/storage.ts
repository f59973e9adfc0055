import { type Labels, METRIC_NAME } from './labels.ts';
import { type Matcher, matchesAll, pinnedName } from './matchers.ts';
import { Series } from './series.ts';

/** What the evaluator needs of a storage. */
export interface Queryable {
  /** The series that all matchers accept. */
  select(matchers: readonly Matcher[]): readonly Series[];
}

/** Time series in memory, indexed by metric name. Times are milliseconds since the epoch. */
export class Storage implements Queryable {
  readonly #byName = new Map<string, Map<string, Series>>();

  /** The series of these labels, made when it is new. */
  series(labels: Labels): Series {
    const name = labels.get(METRIC_NAME);
    let family = this.#byName.get(name);
    if (!family) {
      family = new Map();
      this.#byName.set(name, family);
    }
    let series = family.get(labels.key);
    if (!series) {
      series = new Series(labels);
      family.set(labels.key, series);
    }
    return series;
  }

  select(matchers: readonly Matcher[]): readonly Series[] {
    return [...this.#families(matchers)].flatMap((family) => [...family.values()].filter((series) => matchesAll(series.labels, matchers)));
  }

  /** The series that have a sample in the closed interval and that one of the matcher sets accepts (no set: all). */
  selectAny(sets: readonly (readonly Matcher[])[], from: number, to: number): readonly Series[] {
    const wanted = sets.length === 0 ? [[]] : sets;
    const found = new Set(wanted.flatMap((matchers) => this.select(matchers)));
    return [...found].filter((series) => series.hasSamples(from, to));
  }

  /** Forgets samples older than `before` and series that have none left. */
  dropBefore(before: number): void {
    for (const [name, family] of this.#byName) {
      for (const [key, series] of family) {
        series.dropBefore(before);
        if (series.length === 0) family.delete(key);
      }
      if (family.size === 0) this.#byName.delete(name);
    }
  }

  #families(matchers: readonly Matcher[]): Iterable<Map<string, Series>> {
    const name = pinnedName(matchers);
    if (name !== undefined) {
      const family = this.#byName.get(name);
      return family ? [family] : [];
    }
    const onName = matchers.filter((matcher) => matcher.name === METRIC_NAME);
    return [...this.#byName].filter(([candidate]) => onName.every((matcher) => matcher.matches(candidate))).map(([, family]) => family);
  }
}
