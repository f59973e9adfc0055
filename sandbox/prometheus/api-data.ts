import type { MetricMetadata } from './exposition.ts';
import { goFloat, sampleText } from './numbers.ts';
import type { RangeSeries, Value } from './promql/values.ts';
import type { TargetState } from './scraper.ts';

const NEVER = '0001-01-01T00:00:00Z';

/** A query's value as the API's `data`. */
export function queryData(value: Value): unknown {
  switch (value.type) {
    case 'scalar':
      return { resultType: 'scalar', result: [value.time / 1000, goFloat(value.value)] };
    case 'string':
      return { resultType: 'string', result: [value.time / 1000, value.value] };
    case 'vector':
      return {
        resultType: 'vector',
        result: value.samples.map((sample) => ({
          metric: sample.labels.toRecord(),
          value: [value.time / 1000, sampleText(sample.value)],
        })),
      };
    case 'matrix':
      return { resultType: 'matrix', result: value.series.map((series) => ({ metric: series.labels.toRecord(), values: points(series) })) };
  }
}

/** A target as `/api/v1/targets` lists it. */
export function targetData(target: TargetState, interval: string, timeout: string): unknown {
  const url = new URL(target.url);
  const job = target.labels.get('job');
  return {
    discoveredLabels: {
      ...target.discovered,
      ...target.labels.toRecord(),
      __address__: url.host,
      __metrics_path__: url.pathname,
      __scheme__: url.protocol.replace(/:$/, ''),
      __scrape_interval__: interval,
      __scrape_timeout__: timeout,
    },
    labels: target.labels.toRecord(),
    scrapePool: job,
    scrapeUrl: target.url,
    globalUrl: target.url,
    lastError: target.lastError,
    lastScrape: target.lastScrape === undefined ? NEVER : new Date(target.lastScrape).toISOString(),
    lastScrapeDuration: target.lastScrapeDuration,
    health: target.health,
    scrapeInterval: interval,
    scrapeTimeout: timeout,
  };
}

/** What the pages say about their metrics, as `/api/v1/metadata` lists it. */
export function metadataData(metadata: ReadonlyMap<string, MetricMetadata>, metric: string | null, limit: number): unknown {
  const entries = [...metadata].filter(([name]) => metric === null || metric === name).slice(0, limit);
  return Object.fromEntries(entries.map(([name, { type, help }]) => [name, [{ type, help, unit: '' }]]));
}

/** Milliseconds as Prometheus prints a duration: `15s`, `2500ms`. */
export function durationText(milliseconds: number): string {
  return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`;
}

function points(series: RangeSeries): (readonly [number, string])[] {
  return Array.from(series.times, (time, index) => [time / 1000, sampleText(series.values[index] ?? Number.NaN)]);
}
