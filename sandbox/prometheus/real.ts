import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { freePort } from '../free-port.ts';
import { durationText } from './api-data.ts';
import type { ScrapeTarget } from './scraper.ts';

/** Where Debian's packages put Prometheus; `promtool` lies beside it. */
export const DEBIAN_PROMETHEUS = '/usr/bin/prometheus';

interface RealPrometheusOptions {
  readonly binary?: string;
  /** An existing, empty folder for its configuration and data. */
  readonly directory: string;
  readonly scrapeIntervalMs: number;
  /** Where it learns its targets: a file_sd file (JSON) or an http_sd URL; none scrapes nothing. */
  readonly discovery?: { readonly file: string } | { readonly url: string };
  /** A file in OpenMetrics text whose samples all carry timestamps: becomes history before the start. */
  readonly historyOpenMetrics?: string;
}

export interface RealPrometheus {
  readonly url: string;
  close(): Promise<void>;
}

const START_TIMEOUT_MS = 30_000;
const run = promisify(execFile);

/** Whether a binary can be found under this path. */
export async function hasPrometheus(binary = DEBIAN_PROMETHEUS): Promise<boolean> {
  return access(binary).then(
    () => true,
    () => false,
  );
}

/** Runs a real Prometheus on loopback; rejects with its log when it is not ready within 30 s. */
export async function startRealPrometheus(options: RealPrometheusOptions): Promise<RealPrometheus> {
  const { binary = DEBIAN_PROMETHEUS, directory, historyOpenMetrics } = options;
  const data = join(directory, 'data');
  const config = join(directory, 'prometheus.yml');
  await mkdir(data, { recursive: true });
  await writeFile(config, configuration(options));
  if (historyOpenMetrics)
    await run(join(dirname(binary), 'promtool'), ['tsdb', 'create-blocks-from', 'openmetrics', historyOpenMetrics, data], {
      maxBuffer: 64_000_000,
    });
  const url = `http://127.0.0.1:${await freePort()}`;
  const child = spawn(binary, argumentsFor(config, data, url), { stdio: ['ignore', 'ignore', 'pipe'] });
  const log = collectLog(child);
  await ready(url, child, log);
  return { url, close: () => stop(child) };
}

/** One group of file_sd or http_sd, as both kinds of discovery expect it. */
export function discoveryDocument(targets: readonly ScrapeTarget[]): string {
  const groups = targets.map(({ url, labels, discovered }) => {
    const { host, pathname, protocol } = new URL(url);
    return { targets: [host], labels: { ...discovered, ...labels, __scheme__: protocol.replace(/:$/, ''), __metrics_path__: pathname } };
  });
  return JSON.stringify(groups);
}

function configuration({ scrapeIntervalMs, discovery }: RealPrometheusOptions): string {
  const interval = durationText(scrapeIntervalMs);
  const refresh = durationText(Math.max(1000, scrapeIntervalMs));
  const source =
    discovery === undefined
      ? {}
      : 'file' in discovery
        ? { file_sd_configs: [{ files: [discovery.file], refresh_interval: refresh }] }
        : { http_sd_configs: [{ url: discovery.url, refresh_interval: refresh }] };
  return stringify({
    global: { scrape_interval: interval, scrape_timeout: durationText(Math.min(scrapeIntervalMs, 10_000)) },
    scrape_configs: discovery ? [{ job_name: 'sandbox', ...source }] : [],
  });
}

function argumentsFor(config: string, data: string, url: string): string[] {
  return [
    `--config.file=${config}`,
    `--storage.tsdb.path=${data}`,
    '--storage.tsdb.retention.time=10y',
    `--web.listen-address=${new URL(url).host}`,
    '--log.level=warn',
  ];
}

function collectLog(child: ChildProcess): { text: string } {
  const log = { text: '' };
  child.stderr?.on('data', (chunk) => {
    log.text = (log.text + String(chunk)).slice(-8000);
  });
  child.on('error', (error) => {
    log.text += error.message;
  });
  return log;
}

async function ready(url: string, child: ChildProcess, log: { readonly text: string }): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && child.exitCode === null) {
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    if (response?.ok) return;
    await delay(50);
  }
  await stop(child);
  throw new Error(`Prometheus did not become ready: ${log.text}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}
