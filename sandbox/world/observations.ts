import { Pool } from 'pg';
import { z } from 'zod';
import type { Observations } from '../incident.ts';
import type { HubClients } from '../service/hub/clients.ts';
import type { ServiceRuntime } from '../service/runtime.ts';
import type { Installation } from './service.ts';

const Answer = z.object({
  status: z.literal('success'),
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});

const Targets = z.object({
  data: z.object({
    activeTargets: z.array(z.object({ labels: z.record(z.string(), z.string()), health: z.string(), lastError: z.string() })),
  }),
});

const NumberRow = z.record(z.string(), z.coerce.number());

export interface ObservationOptions {
  readonly prometheusUrl: string;
  readonly superuserUrl: string;
  readonly runtime: ServiceRuntime;
  readonly installation: Installation;
  readonly hubClients: HubClients;
  readonly autoscalerLimited: () => Promise<boolean>;
}

/** Looks at the world from outside, with the tools that anybody has: PromQL and SQL. */
export function observe(options: ObservationOptions): Observations & { close(): Promise<void> } {
  const upSince = performance.now();
  const pool = new Pool({ connectionString: options.superuserUrl, max: 1, application_name: 'sandbox-observer' });
  pool.on('error', () => {});
  const { namespace, cpuLimitMillicores } = options.installation;
  const selector = `job="hotswap-api",namespace="${namespace}",http_route!~"/health.*|/metrics"`;
  const buckets = `http_server_request_duration_seconds_bucket{${selector}}`;
  const rate = (more: string) => `sum(rate(http_server_request_duration_seconds_count{${selector}${more}}[1m]))`;
  const requests = (status: string): string =>
    `sum(rate(http_server_request_duration_seconds_count{job="hotswap-api",namespace="${namespace}",http_route!~"/health.*|/metrics"${status}}[1m]))`;
  return {
    errorShare: async () =>
      query(options.prometheusUrl, `(${requests(',http_response_status_code=~"5.."')} or vector(0)) / ${requests('')}`),
    p95Seconds: () => query(options.prometheusUrl, `histogram_quantile(0.95, sum by (le) (rate(${buckets}[5m])))`),
    answerShare: async (code) =>
      (await query(options.prometheusUrl, `${rate(`,http_response_status_code=~"${code}"`)} / ${rate('')}`)) ?? 0,
    cpuShare: () => {
      const shares = options.runtime.running(namespace).map((pod) => pod.process.usage().cpuMillicores / cpuLimitMillicores);
      return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length);
    },
    largestPodMebibytes: () => Math.max(0, ...options.runtime.running(namespace).map((pod) => pod.process.usage().memoryBytes / 1_048_576)),
    autoscalerLimited: options.autoscalerLimited,
    scrapes: () => scrapes(options.prometheusUrl, namespace),
    prometheusAnswers: () => ready(options.prometheusUrl),
    requestsAnswered: () => options.runtime.running(namespace).reduce((sum, pod) => sum + pod.process.model.requests.business, 0),
    number: async (sql) => {
      const { rows } = await pool.query(sql);
      return Object.values(NumberRow.parse(rows[0] ?? {}))[0] ?? 0;
    },
    podsThatLogged: (text, seconds) => {
      const since = Date.now() - seconds * 1_000;
      const logs = options.runtime.running(namespace).map(({ process }) => process.logs());
      return logs.filter((lines) => lines.some(({ at, line }) => at.getTime() >= since && line.includes(text))).length;
    },
    hubPages: () => options.hubClients.view(),
    upSeconds: () => (performance.now() - upSince) / 1000,
    close: () => pool.end(),
  };
}

async function query(prometheusUrl: string, text: string): Promise<number | undefined> {
  const response = await fetch(`${prometheusUrl}/api/v1/query?query=${encodeURIComponent(text)}`, { signal: AbortSignal.timeout(5_000) });
  const value = Number(Answer.parse(await response.json()).data.result[0]?.value[1]);
  return Number.isNaN(value) ? undefined : value;
}

async function scrapes(prometheusUrl: string, namespace: string) {
  const response = await fetch(`${prometheusUrl}/api/v1/targets?state=active`, { signal: AbortSignal.timeout(5_000) });
  const { activeTargets } = Targets.parse(await response.json()).data;
  const own = activeTargets.filter(({ labels }) => labels.job === 'hotswap-api' && labels.namespace === namespace);
  const by = (health: string): number => own.filter((target) => target.health === health).length;
  return { up: by('up'), down: by('down'), errors: own.flatMap(({ lastError }) => (lastError === '' ? [] : [lastError])) };
}

async function ready(prometheusUrl: string): Promise<boolean> {
  const response = await fetch(`${prometheusUrl}/-/ready`, { signal: AbortSignal.timeout(5_000) }).catch(() => undefined);
  return response?.ok ?? false;
}
