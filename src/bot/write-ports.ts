import { connectKubernetesWriter } from '../clients/kubernetes-write.ts';
import { connectIndexWriter } from '../clients/postgres-index-write.ts';
import { connectRowWriter } from '../clients/postgres-rows-write.ts';
import { connectStatisticsWriter } from '../clients/postgres-statistics-write.ts';
import { connectSessionWriter } from '../clients/postgres-write.ts';
import { connectVaultWriter, type VaultWriter } from '../clients/vault-write.ts';
import type { NamedTarget } from '../config/settings.ts';
import { previewOnly } from '../remediations/executor/preview-only.ts';
import type { WritePorts } from '../remediations/executor/runner.ts';

const TIMEOUT_MS = 10_000;

/** The write clients of each target, connected when first needed. Only the executor makes them. */
export function createWritePorts(options: {
  /** The ports that are made cannot write. */
  readonly dryRun?: boolean;
  readonly kubeconfig: string | undefined;
  endpoint(name: string | undefined): string | undefined;
}): { of(target: NamedTarget): WritePorts; close(): Promise<void> } {
  const made = new Map<string, WritePorts>();
  const vaultWriter = (vault: NamedTarget['vault']): VaultWriter | undefined => {
    const token = options.endpoint(vault?.fixTokenFrom);
    if (vault === undefined || token === undefined) return undefined;
    return connectVaultWriter({ addresses: options.endpoint(vault.addressFrom), token, namespace: vault.namespace, timeoutMs: TIMEOUT_MS });
  };
  const connect = ({ kubernetes, database, vault }: NamedTarget): WritePorts => {
    const fixUrl = options.endpoint(database.fixUrlFrom);
    const ownerUrl = options.endpoint(database.ownerUrlFrom);
    return {
      kubernetes: connectKubernetesWriter({ kubeconfig: options.kubeconfig, context: kubernetes.fixContext, timeoutMs: TIMEOUT_MS }),
      sessions: fixUrl === undefined ? undefined : connectSessionWriter({ url: fixUrl, timeoutMs: TIMEOUT_MS }),
      rows: fixUrl === undefined ? undefined : connectRowWriter({ url: fixUrl, timeoutMs: TIMEOUT_MS }),
      indexes: ownerUrl === undefined ? undefined : connectIndexWriter({ url: ownerUrl, timeoutMs: TIMEOUT_MS }),
      statistics: ownerUrl === undefined ? undefined : connectStatisticsWriter({ url: ownerUrl, timeoutMs: TIMEOUT_MS }),
      vault: vaultWriter(vault),
    };
  };
  return {
    of(target) {
      const known = made.get(target.name);
      if (known !== undefined) return known;
      const ports = options.dryRun === true ? previewOnly(connect(target)) : connect(target);
      made.set(target.name, ports);
      return ports;
    },
    async close() {
      const all = [...made.values()].flatMap(({ sessions, rows, indexes, statistics }) => [sessions, rows, indexes, statistics]);
      await Promise.all(all.map((writer) => writer?.close()));
    },
  };
}
