import { DATASOURCE, type GrafanaStandIn } from '../grafana/server.ts';
import type { ObjectHeader } from '../incident.ts';
import type { Cluster } from './cluster.ts';
import { serviceMonitor } from './manifests.ts';
import type { Installation } from './service.ts';

/** How a ServiceMonitor differs from the one that the world begins with. */
export interface MonitorChange {
  readonly labels?: Readonly<Record<string, string>>;
  readonly matchLabels?: Readonly<Record<string, string>>;
  /** The name of the Service's port that it scrapes. */
  readonly port?: string;
}

/** What people who run the monitoring do. */
export interface MonitoringLevers {
  /** Writes another ServiceMonitor in place of the one of hotswap-api; undefined: takes it away. */
  setServiceMonitor(change: MonitorChange | undefined): Promise<void>;
  /** Puts the first one back. */
  restoreServiceMonitor(): Promise<void>;
  /** Prometheus restarts and replays its log, and answers nothing until it is ready. */
  setPrometheusReady(ready: boolean): void;
  /** Edits the address of the data source that the dashboards read, or deletes it. */
  setGrafanaDatasource(change: { readonly port: number } | 'deleted' | 'restored'): void;
}

export function monitoringLevers(
  cluster: Cluster,
  installation: Installation,
  prometheus: { readonly url: string; setReady(ready: boolean): void },
  grafana: GrafanaStandIn,
): MonitoringLevers {
  const first = serviceMonitor(installation);
  const replace = async (manifest: ObjectHeader | undefined): Promise<void> => {
    await cluster.delete({ ...first });
    if (manifest !== undefined) await cluster.create({ ...manifest });
  };
  return {
    setServiceMonitor: (change) => replace(change === undefined ? undefined : serviceMonitor(installation, change)),
    restoreServiceMonitor: () => replace(first),
    setPrometheusReady: (ready) => prometheus.setReady(ready),
    setGrafanaDatasource: (change) => {
      if (change === 'deleted') return grafana.setDatasource(DATASOURCE, undefined);
      const url = new URL(prometheus.url);
      if (change !== 'restored') url.port = String(change.port);
      grafana.setDatasource(DATASOURCE, url.origin);
    },
  };
}
