import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type PrometheusStandIn, type ScrapeTarget, startPrometheus } from '../../../sandbox/prometheus/server.ts';
import { deadUrl, type Exporter, startExporter } from './exporter.ts';

const vectorSchema = z.object({
  status: z.literal('success'),
  data: z.object({
    resultType: z.literal('vector'),
    result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })),
  }),
});
const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        scrapeUrl: z.string(),
        scrapePool: z.string(),
        health: z.string(),
        lastError: z.string(),
        labels: z.record(z.string(), z.string()),
        lastScrape: z.string(),
      }),
    ),
  }),
});
const PAGE = '# TYPE jobs gauge\n# HELP jobs Jobs now\njobs{kind="a",pod="own"} 3\njobs{kind="b"} 4\n';

describe('the Prometheus stand-in', () => {
  let exporter: Exporter;
  let prometheus: PrometheusStandIn;
  let discovered: readonly ScrapeTarget[];

  beforeEach(async () => {
    exporter = await startExporter({ '/metrics': PAGE });
    discovered = [{ url: `${exporter.url}/metrics`, labels: { job: 'hotswap-api', namespace: 'default', pod: 'p1' } }];
    prometheus = await startPrometheus({ scrapeIntervalMs: 100, discover: () => discovered });
  });

  afterEach(async () => {
    await prometheus.close();
    await exporter.close();
  });

  async function vector(query: string): Promise<Record<string, string>> {
    const response = await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query })}`);
    const { data } = vectorSchema.parse(await response.json());
    const shown = data.result.map(({ metric, value }): [string, string] => [
      `${metric.__name__ ?? ''} ${metric.kind ?? metric.pod ?? ''}`.trim(),
      value[1],
    ]);
    return Object.fromEntries(shown);
  }

  async function targets() {
    const response = await fetch(`${prometheus.url}/api/v1/targets?state=active`);
    return targetsSchema.parse(await response.json()).data.activeTargets;
  }

  it('stores what it scrapes under the target’s labels and reports about the scrape', async () => {
    await expect.poll(() => vector('jobs')).toEqual({ 'jobs a': '3', 'jobs b': '4' });
    expect(await vector('jobs{pod="p1",exported_pod="own"}')).toEqual({ 'jobs a': '3' });
    expect(await vector('up')).toEqual({ 'up p1': '1' });
    expect(await vector('scrape_samples_scraped')).toEqual({ 'scrape_samples_scraped p1': '2' });
    expect(await vector('scrape_duration_seconds < 5')).toHaveProperty('scrape_duration_seconds p1');
    const [target] = await targets();
    expect(target).toMatchObject({ health: 'up', lastError: '', scrapePool: 'hotswap-api' });
    expect(target?.labels).toEqual({ job: 'hotswap-api', namespace: 'default', pod: 'p1', instance: new URL(exporter.url).host });
  });

  it('marks a series stale when its page no longer shows it', async () => {
    await expect.poll(() => vector('jobs')).toEqual({ 'jobs a': '3', 'jobs b': '4' });
    exporter.pages.set('/metrics', 'jobs{kind="b"} 5\n');
    await expect.poll(() => vector('jobs')).toEqual({ 'jobs b': '5' });
  });

  it('marks everything of a target stale when discovery no longer names it', async () => {
    await expect.poll(() => vector('up')).toEqual({ 'up p1': '1' });
    discovered = [];
    await expect.poll(() => vector('{pod="p1"}')).toEqual({});
    expect(await targets()).toEqual([]);
    expect(await vector('absent(up{job="hotswap-api"})')).toEqual({ '': '1' });
    expect(await vector('count_over_time(up[5m]) > bool 0')).toEqual({ p1: '1' });
  });

  it.each<readonly [string, (exporter: Exporter) => Promise<string> | string, RegExp]>([
    ['no such page', ({ url }) => `${url}/nowhere`, /^server returned HTTP status 404 Not Found$/],
    ['nobody listens', deadUrl, /^Get "http:\/\/127\.0\.0\.1:\d+\/?": dial tcp 127\.0\.0\.1:\d+: connect: connection refused$/],
    ['a page that never comes', ({ url }) => `${url}/hang`, /^Get "http:.*\/hang": context deadline exceeded$/],
    ['a page that never ends', ({ url }) => `${url}/drip`, /^context deadline exceeded$/],
    ['a page that is no metrics page', ({ url }) => `${url}/html`, /is not a valid start token/],
    ['redirects without end', ({ url }) => `${url}/loop`, /stopped after 10 redirects/],
  ])('says why a target is down: %s', async (_what, urlOf, reason) => {
    exporter.pages.set('/hang', () => undefined);
    exporter.pages.set('/drip', (_request, response) => response.writeHead(200).write('jobs 1\n'));
    exporter.pages.set('/html', '<html></html>');
    exporter.pages.set('/loop', (_request, response) => response.writeHead(302, { location: '/loop' }).end());
    discovered = [{ url: await urlOf(exporter), labels: { job: 'x', pod: 'p2' } }];
    await expect.poll(async () => (await targets())[0]).toMatchObject({ health: 'down', lastError: expect.stringMatching(reason) });
    expect(await vector('up{pod="p2"}')).toEqual({ 'up p2': '0' });
  });

  it('follows a redirect to the metrics page', async () => {
    exporter.pages.set('/old', (_request, response) => response.writeHead(301, { location: '/metrics' }).end());
    discovered = [{ url: `${exporter.url}/old`, labels: { job: 'x', pod: 'p3' } }];
    await expect.poll(() => vector('jobs{kind="b",pod="p3"}')).toEqual({ 'jobs b': '4' });
  });

  it('answers over history and scrapes as one', async () => {
    const hour = Array.from({ length: 120 }, (_unused, index) => Date.now() - (121 - index) * 30_000);
    prometheus.appendHistory([
      { labels: { __name__: 'old', pod: 'p1' }, timestamps: hour, values: hour.map((_time, index) => index) },
      { labels: { __name__: 'old', pod: 'p0' }, timestamps: hour, values: hour.map(() => 1), ended: true },
    ]);
    expect(await vector('old')).toEqual({ 'old p1': '119' });
    expect(await vector('old offset 30m')).toEqual({ 'old p0': '1', 'old p1': '61' });
  });

  it('is slow, or not there, on request', async () => {
    prometheus.faults.unavailable(true);
    const response = await fetch(`${prometheus.url}/api/v1/query?query=up`);
    expect([response.status, await response.text()]).toEqual([503, 'Service Unavailable']);
    prometheus.faults.unavailable(false);
    prometheus.faults.slow(150);
    await expect(fetch(`${prometheus.url}/-/ready`, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/timeout/);
    prometheus.faults.slow(0);
    expect((await fetch(`${prometheus.url}/-/ready`)).status).toBe(200);
  });

  it('no longer scrapes nor answers once closed', async () => {
    await prometheus.close();
    const seen = exporter.seen.get('/metrics');
    await expect(fetch(`${prometheus.url}/-/ready`)).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(exporter.seen.get('/metrics')).toBe(seen);
  });

  it('knows the metrics’ types and help', async () => {
    await expect.poll(() => vector('up')).toEqual({ 'up p1': '1' });
    const response = await fetch(`${prometheus.url}/api/v1/metadata?metric=jobs`);
    expect(await response.json()).toEqual({ status: 'success', data: { jobs: [{ type: 'gauge', help: 'Jobs now', unit: '' }] } });
  });
});
