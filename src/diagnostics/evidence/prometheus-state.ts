import type { PrometheusState } from '../../clients/prometheus-read.ts';
import { curl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';

/** Whether Prometheus answers at all, and which version it is. That it does not is evidence, and nothing that is missing. */
export const prometheusState = defineSource<PrometheusState>({
  id: 'prom.ready',
  title: 'Prometheus itself',
  permission: 'HTTP access to Prometheus (GET /-/ready and /api/v1/status/buildinfo)',
  asked: ({ prometheus }) =>
    curl(`-sS -m 5 -w '\\n%{http_code}\\n' "$${prometheus.urlFrom}/-/ready" "$${prometheus.urlFrom}/api/v1/status/buildinfo"`),
  collect: async ({ clients, signal }) => ({ data: await clients.prometheus.state(signal), complete: true }),
});
