import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { writeOpenMetrics } from '../../../sandbox/prometheus/open-metrics.ts';
import { discoveryDocument, hasPrometheus, type RealPrometheus, startRealPrometheus } from '../../../sandbox/prometheus/real.ts';
import { type PrometheusStandIn, type ScrapeTarget, startPrometheus } from '../../../sandbox/prometheus/server.ts';
import { deadUrl, type Exporter, startExporter } from './exporter.ts';

const available = await hasPrometheus();
if (!available) console.warn('SKIPPED: no comparison of scrapes with a real Prometheus, it is not installed (apt install prometheus)');

const INTERVAL_MS = 1000;
const WAIT = { timeout: 60_000, interval: 300 };
const PAGE = 'jobs{kind="a",pod="own"} 3\njobs{kind="b"} 4\nsize_bytes 1.5e9\nquoted{text="a \\"b\\" \\\\ c"} -0.25\n';
const SAME: readonly string[] = [
  'jobs',
  'up',
  'size_bytes',
  'quoted',
  'scrape_samples_scraped',
  'scrape_samples_post_metric_relabeling',
  'count(scrape_duration_seconds)',
  'sum by (pod) (max_over_time(up[1m]))',
  'absent(up{pod="gone"})',
  'absent(jobs{kind="b",pod="ok"})',
  'old',
  'sum(rate(old[10m] offset 30m))',
  'label_replace(up, "short", "$1", "instance", "(.*):.*")',
];

const targetsSchema = z.object({
  data: z.object({
    activeTargets: z.array(
      z.object({
        scrapeUrl: z.string(),
        health: z.string(),
        lastError: z.string(),
        scrapePool: z.string(),
        labels: z.record(z.string(), z.string()),
      }),
    ),
  }),
});
const vectorSchema = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })) }),
});

async function targetsOf(url: string): Promise<unknown[]> {
  const response = await fetch(`${url}/api/v1/targets?state=active`);
  const { activeTargets } = targetsSchema.parse(await response.json()).data;
  return activeTargets
    .map(({ scrapeUrl, health, lastError, labels }) => ({ scrapeUrl, health, lastError, labels }))
    .sort((a, b) => (a.scrapeUrl < b.scrapeUrl ? -1 : 1));
}

async function vectorOf(url: string, query: string): Promise<unknown[]> {
  const response = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query })}`);
  const { result } = vectorSchema.parse(await response.json()).data;
  return result.map(({ metric, value }) => JSON.stringify([Object.entries(metric).sort(), value[1]])).sort();
}

if (!available && process.env.CI) {
  it('has a real Prometheus to compare with in continuous integration', () => {
    expect.fail('the Debian package prometheus is missing');
  });
}

describe.runIf(available)('scraping the same pages as a real Prometheus', () => {
  let directory = '';
  let exporter: Exporter;
  let standIn: PrometheusStandIn;
  let real: RealPrometheus;
  let discovered: ScrapeTarget[] = [];

  beforeAll(async () => {
    exporter = await startExporter({
      '/metrics': PAGE,
      '/metrics-gone': PAGE,
      '/error': (_request, response) => response.writeHead(500).end(),
      '/hang': () => undefined,
      '/old': (_request, response) => response.writeHead(302, { location: '/metrics' }).end(),
      '/loop': (_request, response) => response.writeHead(302, { location: '/loop' }).end(),
      '/drop': (request) => request.socket.end(),
      '/sd': (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(discoveryDocument(discovered)),
    });
    const labels = { job: 'hotswap-api', namespace: 'default' };
    const target = (path: string, pod: string): ScrapeTarget => ({ url: `${exporter.url}${path}`, labels: { ...labels, pod } });
    discovered = [
      target('/metrics', 'ok'),
      target('/metrics-gone', 'gone'),
      target('/none', 'missing'),
      target('/error', 'broken'),
      target('/hang', 'slow'),
      target('/old', 'moved'),
      target('/loop', 'circle'),
      target('/drop', 'dropping'),
      { url: `${await deadUrl()}/metrics`, labels: { ...labels, pod: 'dead' } },
    ];
    directory = await mkdtemp(join(tmpdir(), 'prometheus-'));
    const timestamps = Array.from({ length: 240 }, (_unused, index) => Date.now() - (260 - index) * 15_000);
    const history = [
      { labels: { __name__: 'old', ...labels, pod: 'ok' }, timestamps, values: timestamps.map((_time, index) => index * 7) },
    ];
    const historyOpenMetrics = join(directory, 'history.txt');
    await writeOpenMetrics(historyOpenMetrics, history);
    const data = join(directory, 'real');
    await mkdir(data);
    real = await startRealPrometheus({
      directory: data,
      scrapeIntervalMs: INTERVAL_MS,
      discovery: { url: `${exporter.url}/sd` },
      historyOpenMetrics,
    });
    standIn = await startPrometheus({ scrapeIntervalMs: INTERVAL_MS, discover: () => discovered });
    standIn.appendHistory(history);
  });

  afterAll(async () => {
    await Promise.all([standIn?.close(), real?.close()]);
    await exporter?.close();
    await rm(directory, { recursive: true, force: true });
  });

  it('reports the same health, labels and errors of each target', async () => {
    await vi.waitFor(async () => {
      const theirs = await targetsOf(real.url);
      expect(theirs).toHaveLength(discovered.length);
      expect(JSON.stringify(theirs)).not.toContain('"unknown"');
      expect(await targetsOf(standIn.url)).toEqual(theirs);
    }, WAIT);
  });

  it('stores the same series, and marks the same ones stale when they go', async () => {
    const compare = async () => {
      for (const query of SAME)
        expect([query, ...(await vectorOf(standIn.url, query))]).toEqual([query, ...(await vectorOf(real.url, query))]);
    };
    await vi.waitFor(compare, WAIT);
    exporter.pages.set('/metrics', PAGE.replace('jobs{kind="b"} 4\n', ''));
    discovered = discovered.filter((target) => target.labels.pod !== 'gone');
    await vi.waitFor(async () => {
      expect(await vectorOf(real.url, 'absent(up{pod="gone"})')).toHaveLength(1);
      expect(await vectorOf(real.url, 'absent(jobs{kind="b",pod="ok"})')).toHaveLength(1);
      await compare();
    }, WAIT);
  });
});

describe.runIf(available)('a real Prometheus that cannot start', () => {
  it('is reported with what it logged', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'prometheus-'));
    await writeFile(join(directory, 'data'), 'a file where the folder should be');
    await expect(startRealPrometheus({ directory, scrapeIntervalMs: 1000 })).rejects.toThrow(/data/);
    await rm(directory, { recursive: true, force: true });
  });
});
