import { createServer } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { listenOnLoopback } from '../loopback.ts';
import { answer } from './api.ts';
import { labelsOf, METRIC_NAME } from './labels.ts';
import { Scraper, type ScrapeTarget } from './scraper.ts';
import { Storage } from './storage.ts';

export type { ScrapeTarget } from './scraper.ts';

/** Samples of one series that were there before the stand-in started; times in ms since the epoch, ascending. */
export interface HistorySeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamps: Float64Array | readonly number[];
  readonly values: Float64Array | readonly number[];
  /** The series ended with its last sample (a pod that is gone): a stale marker follows 1 ms after it. */
  readonly ended?: boolean;
}

interface PrometheusOptions {
  readonly scrapeIntervalMs: number;
  /** Asked at each round: what to scrape now. */
  readonly discover: () => readonly ScrapeTarget[];
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/** A running stand-in for Prometheus. */
export interface PrometheusStandIn {
  readonly url: string;
  /** Adds samples from before; where there is one of the same time already, that one stays. Throws RangeError unless times ascend. */
  appendHistory(series: Iterable<HistorySeries>): void;
  /** Makes another past: what series of this name that the labels fit have recorded until now. */
  amendHistory(name: string, labels: Readonly<Record<string, string>>, value: (time: number, value: number) => number): void;
  readonly faults: {
    /** Delays each answer of the API by this many ms; 0 ends it. */
    slow(milliseconds: number): void;
    /** Answers 503 to everything, as a Prometheus that is still replaying its log. */
    unavailable(active: boolean): void;
  };
  /** Ends scrapes and the API. */
  close(): Promise<void>;
}

const RETENTION_MS = 26 * 3_600_000;
const MAX_SCRAPE_TIMEOUT_MS = 10_000;

/** Starts the stand-in on loopback: it scrapes what `discover` names and answers Prometheus' HTTP API. Rejects when it cannot listen. */
export async function startPrometheus(options: PrometheusOptions): Promise<PrometheusStandIn> {
  const { scrapeIntervalMs, discover, port = 0, now = Date.now } = options;
  const scrapeTimeoutMs = Math.min(scrapeIntervalMs, MAX_SCRAPE_TIMEOUT_MS);
  const storage = new Storage();
  const stop = new AbortController();
  const scraper = new Scraper({ storage, discover, timeoutMs: scrapeTimeoutMs, now, stop: stop.signal });
  const faults = { slowMs: 0, unavailable: false };
  const sources = { storage, scraper, scrapeIntervalMs, scrapeTimeoutMs, startedAt: now(), now };
  const server = createServer(async (request, response) => {
    if (faults.slowMs > 0) await delay(faults.slowMs, undefined, { ref: false });
    if (faults.unavailable) response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8' }).end('Service Unavailable');
    else await answer(request, response, sources);
  });
  const { url, close } = await listenOnLoopback(server, port);
  const rounds = scrapeForever(scraper, storage, scrapeIntervalMs, now, stop.signal);
  return {
    url,
    appendHistory: (series) => appendHistory(storage, series),
    amendHistory: (name, labels, value) => {
      const wanted = Object.entries({ [METRIC_NAME]: name, ...labels });
      for (const series of storage.selectAny([], Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)) {
        if (wanted.every(([label, content]) => series.labels.get(label) === content)) series.amend(value);
      }
    },
    faults: {
      slow: (milliseconds) => {
        faults.slowMs = milliseconds;
      },
      unavailable: (active) => {
        faults.unavailable = active;
      },
    },
    close: async () => {
      stop.abort();
      close();
      await rounds;
    },
  };
}

/** One round each interval, counted from the first so that they do not drift. A round never outlasts its interval. */
async function scrapeForever(
  scraper: Scraper,
  storage: Storage,
  intervalMs: number,
  now: () => number,
  signal: AbortSignal,
): Promise<void> {
  const first = performance.now();
  while (!signal.aborted) {
    await scraper.round();
    storage.dropBefore(now() - RETENTION_MS);
    const elapsed = performance.now() - first;
    const next = (Math.floor(elapsed / intervalMs) + 1) * intervalMs;
    await delay(next - elapsed, undefined, { signal }).catch(ignoreAbort);
  }
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}

function appendHistory(storage: Storage, history: Iterable<HistorySeries>): void {
  for (const { labels, timestamps, values, ended = false } of history) {
    storage.series(labelsOf(labels)).merge(timestamps, values, ended);
  }
}
