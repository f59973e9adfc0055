import type { HttpAnswer } from '../../clients/http-read.ts';
import { readMetricsPage } from '../rules/metrics-page.ts';
import { curl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';

const TIMEOUT_MS = 5_000;
const LARGEST_PAGE_BYTES = 2 * 1024 * 1024;

interface MetricsPageAnswer extends Pick<HttpAnswer, 'status' | 'location' | 'retryAfter' | 'failure' | 'durationMs'> {
  readonly path: string;
  readonly contentType: string | null;
  readonly bytes: number;
  readonly names: readonly string[];
  readonly samples: number;
  readonly strangeLines: number;
}

/** One GET of the metrics page by the public address: one pod at random, and perhaps kept from outsiders on purpose. */
export const metricsPage = defineSource<MetricsPageAnswer>({
  id: 'http.metrics',
  title: 'Metrics page',
  permission: 'network access to the public address of the service',
  asked: ({ application }) =>
    curl(`-sS -m 5 -o - -w '\\n%{http_code} %{content_type}\\n' "$${application.baseUrlFrom ?? 'BASE_URL'}${application.metricsPath}"`),
  async collect({ target, clients, diagnostics, signal }) {
    const path = target.application.metricsPath;
    const { status, location, retryAfter, failure, durationMs, headers, body } = await clients.http.request({
      method: 'GET',
      path,
      headers: { accept: 'text/plain;version=0.0.4;q=0.9,*/*;q=0.1' },
      maxBytes: LARGEST_PAGE_BYTES,
      timeoutMs: Math.min(TIMEOUT_MS, diagnostics.readTimeoutMs - 500),
      signal,
    });
    const page = readMetricsPage(status === 200 ? body : '');
    const contentType = headers['content-type'] ?? null;
    return { data: { path, status, location, retryAfter, failure, durationMs, contentType, bytes: body.length, ...page }, complete: true };
  },
});
