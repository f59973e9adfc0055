import { type Exposition, ExpositionError, type MetricMetadata, parseExposition } from './exposition.ts';
import { fetchPage, ScrapeError } from './fetch-page.ts';
import { Labels, labelsOf, METRIC_NAME } from './labels.ts';
import type { Storage } from './storage.ts';

/** What discovery knows about one endpoint: where its metrics page is, and the labels that all its series get. */
export interface ScrapeTarget {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Labels of discovery that relabelling does not keep, such as `__meta_kubernetes_pod_name`. */
  readonly discovered?: Readonly<Record<string, string>>;
}

/** A target and how its last scrape went; times in ms since the epoch, durations in seconds. */
export interface TargetState {
  readonly url: string;
  readonly labels: Labels;
  readonly discovered: Readonly<Record<string, string>>;
  readonly health: 'unknown' | 'up' | 'down';
  readonly lastError: string;
  readonly lastScrape: number | undefined;
  readonly lastScrapeDuration: number;
}

interface Tracked {
  state: TargetState;
  /** The series of the last successful scrape, and those that report about the scrape itself. */
  exposed: ReadonlyMap<string, Labels>;
  reported: readonly Labels[];
}

interface ScraperOptions {
  readonly storage: Storage;
  readonly discover: () => readonly ScrapeTarget[];
  readonly timeoutMs: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Ends all scrapes under way; what they bring is dropped. */
  readonly stop: AbortSignal;
}

/** Scrapes all discovered targets into a storage; what a target no longer exposes, or a target that is gone, is marked stale. */
export class Scraper {
  readonly #options: ScraperOptions;
  readonly #targets = new Map<string, Tracked>();
  readonly #metadata = new Map<string, MetricMetadata>();

  constructor(options: ScraperOptions) {
    this.#options = options;
  }

  get targets(): readonly TargetState[] {
    return [...this.#targets.values()].map((tracked) => tracked.state);
  }

  /** Type and help of each metric, as the pages last stated it. */
  get metadata(): ReadonlyMap<string, MetricMetadata> {
    return this.#metadata;
  }

  /** One round: discovery, then one scrape of each target, all at once. Never rejects. */
  async round(): Promise<void> {
    const time = this.#options.now();
    this.#refresh(time);
    await Promise.all([...this.#targets].map(([key, tracked]) => this.#scrape(key, tracked, time)));
  }

  #refresh(time: number): void {
    const discovered = new Map(this.#options.discover().map((target) => [keyOf(target), target]));
    for (const [key, tracked] of this.#targets) {
      if (discovered.has(key)) continue;
      this.#markStale([...tracked.exposed.values(), ...tracked.reported], time);
      this.#targets.delete(key);
    }
    for (const [key, target] of discovered) {
      if (!this.#targets.has(key)) this.#targets.set(key, { state: initialState(target), exposed: new Map(), reported: [] });
    }
  }

  async #scrape(key: string, tracked: Tracked, time: number): Promise<void> {
    const started = performance.now();
    const outcome = await this.#read(tracked.state.url);
    const seconds = (performance.now() - started) / 1000;
    if (this.#options.stop.aborted || this.#targets.get(key) !== tracked) return;
    const page = outcome instanceof Error ? undefined : outcome;
    const before = tracked.exposed;
    tracked.exposed = page ? this.#store(page, tracked.state.labels, time) : new Map();
    this.#markStale(
      [...before].filter(([series]) => !tracked.exposed.has(series)).map(([, labels]) => labels),
      time,
    );
    const added = [...tracked.exposed.keys()].filter((series) => !before.has(series)).length;
    this.#report(tracked, time, seconds, page?.samples.length ?? 0, added, page !== undefined);
    const lastError = outcome instanceof Error ? outcome.message : '';
    tracked.state = { ...tracked.state, health: page ? 'up' : 'down', lastError, lastScrape: time, lastScrapeDuration: seconds };
  }

  async #read(url: string): Promise<Exposition | Error> {
    try {
      return parseExposition(await fetchPage(url, this.#options.timeoutMs, this.#options.stop));
    } catch (error) {
      if (error instanceof ScrapeError || error instanceof ExpositionError) return error;
      throw error;
    }
  }

  #store(page: Exposition, target: Labels, time: number): Map<string, Labels> {
    const exposed = new Map<string, Labels>();
    for (const sample of page.samples) {
      const labels = merged(sample.labels, target);
      this.#options.storage.series(labels).append(sample.timestamp ?? time, sample.value);
      if (sample.timestamp === undefined) exposed.set(labels.key, labels);
    }
    for (const [name, entry] of page.metadata) this.#metadata.set(name, entry);
    return exposed;
  }

  #report(tracked: Tracked, time: number, seconds: number, samples: number, added: number, up: boolean): void {
    const report: readonly (readonly [string, number])[] = [
      ['up', Number(up)],
      ['scrape_duration_seconds', seconds],
      ['scrape_samples_scraped', samples],
      ['scrape_samples_post_metric_relabeling', samples],
      ['scrape_series_added', added],
    ];
    tracked.reported = report.map(([name, value]) => {
      const labels = tracked.state.labels.with(METRIC_NAME, name);
      this.#options.storage.series(labels).append(time, value);
      return labels;
    });
  }

  #markStale(gone: readonly Labels[], time: number): void {
    for (const labels of gone) this.#options.storage.series(labels).appendStale(time);
  }
}

function keyOf(target: ScrapeTarget): string {
  return `${target.url}\n${labelsOf(target.labels).key}`;
}

function initialState(target: ScrapeTarget): TargetState {
  const labels = labelsOf({ instance: new URL(target.url).host, ...target.labels });
  return {
    url: target.url,
    labels,
    discovered: target.discovered ?? {},
    health: 'unknown',
    lastError: '',
    lastScrape: undefined,
    lastScrapeDuration: 0,
  };
}

/** The target's labels win; an exposed label of the same name is kept as `exported_…` (honor_labels: false). */
function merged(exposed: readonly (readonly [string, string])[], target: Labels): Labels {
  const renamed = exposed.map(([name, value]): [string, string] => [target.get(name) === '' ? name : `exported_${name}`, value]);
  return new Labels([...renamed, ...target.entries]);
}
