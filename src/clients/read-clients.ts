import type { NamedTarget } from '../config/settings.ts';
import { connectGrafanaReader, type GrafanaReader } from './grafana-read.ts';
import { connectHttpReader, type HttpReader } from './http-read.ts';
import { connectKubernetesReader, type KubernetesReader } from './kubernetes-read.ts';
import { connectPostgresReader, type PostgresReader } from './postgres-read.ts';
import { connectPrometheusReader, type PrometheusReader } from './prometheus-read.ts';
import { connectSignalrReader, type SignalrReader } from './signalr-read.ts';
import { createTlsReader, type TlsReader } from './tls-read.ts';
import { connectVaultReader, type VaultReader } from './vault-read.ts';

/** Everything that may be read of one target. None of them can change anything. */
export interface ReadClients {
  readonly kubernetes: KubernetesReader;
  readonly postgres: PostgresReader;
  readonly prometheus: PrometheusReader;
  readonly http: HttpReader;
  /** Undefined where the target names no Grafana. */
  readonly grafana: GrafanaReader | undefined;
  readonly signalr: SignalrReader;
  readonly tls: TlsReader;
  readonly vault: VaultReader;
  close(): Promise<void>;
}

interface ReadClientOptions {
  readonly target: NamedTarget;
  readonly kubeconfig: string | undefined;
  /** The value of the environment variable that a `…From` field of the target names. */
  endpoint(name: string | undefined): string | undefined;
  /** Longest wait for one answer; each reader has its limits below it. */
  readonly timeoutMs: number;
}

/** Connects to nothing yet: each reader connects at its first question, and keeps what should stay open. */
export function createReadClients({ target, kubeconfig, endpoint, timeoutMs }: ReadClientOptions): ReadClients {
  const postgres = connectPostgresReader({ url: endpoint(target.database.readUrlFrom), variable: target.database.readUrlFrom, timeoutMs });
  return {
    kubernetes: connectKubernetesReader({ kubeconfig, context: target.kubernetes.context, timeoutMs }),
    postgres,
    prometheus: connectPrometheusReader({ url: endpoint(target.prometheus.urlFrom), variable: target.prometheus.urlFrom, timeoutMs }),
    http: connectHttpReader({
      url: endpoint(target.application.baseUrlFrom),
      variable: target.application.baseUrlFrom,
      token: endpoint(target.application.apiTokenFrom),
    }),
    grafana: connectGrafanaReader({
      url: endpoint(target.grafana?.grafanaUrlFrom),
      token: endpoint(target.grafana?.grafanaTokenFrom),
      timeoutMs,
    }),
    signalr: connectSignalrReader({
      url: endpoint(target.application.hubUrlFrom ?? target.application.baseUrlFrom),
      variable: target.application.hubUrlFrom ?? target.application.baseUrlFrom,
      token: endpoint(target.application.hubTokenFrom),
    }),
    tls: createTlsReader(),
    vault: connectVaultReader({
      addresses: endpoint(target.vault?.addressFrom),
      token: endpoint(target.vault?.tokenFrom),
      namespace: target.vault?.namespace,
      timeoutMs,
    }),
    close: () => postgres.close(),
  };
}
