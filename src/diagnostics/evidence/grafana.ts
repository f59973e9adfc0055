import type { GrafanaState } from '../../clients/grafana-read.ts';
import { curl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';

interface Grafana {
  /** Null where the target has no Grafana. */
  readonly state: GrafanaState | null;
  readonly datasource: string;
}

/** Grafana, and whether it can ask the data source of the dashboards. */
export const grafana = defineSource<Grafana>({
  id: 'grafana.datasource',
  title: "Grafana's data source",
  permission: 'a token of a Grafana service account with the role Viewer',
  asked: ({ grafana: configured }) => {
    const address = `"$${configured?.grafanaUrlFrom ?? 'GRAFANA_URL'}`;
    const token = `-H "Authorization: Bearer $${configured?.grafanaTokenFrom ?? 'GRAFANA_TOKEN'}"`;
    return curl(`-sS -m 5 ${token} ${address}/api/health" ${address}/api/datasources/uid/${configured?.datasource ?? 'UID'}/health"`);
  },
  async collect({ target, clients, signal }) {
    const datasource = target.grafana?.datasource ?? '';
    const state = target.grafana === undefined || clients.grafana === undefined ? null : await clients.grafana.state(datasource, signal);
    return { data: { state, datasource }, complete: true };
  },
});
