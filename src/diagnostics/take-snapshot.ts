import { autoscaler } from './evidence/autoscaler.ts';
import { deployment } from './evidence/deployment.ts';
import { topStatements } from './evidence/top-statements.ts';
import { vaultSecret } from './evidence/vault-secret.ts';
import { dataOf } from './evidence-data.ts';
import type { Snapshot } from './snapshot.ts';
import type { Evidence, Source } from './types.ts';

/** What a snapshot is made from, beside what the checks read. */
export const SNAPSHOT_SOURCES: readonly Source<unknown>[] = [deployment, autoscaler, topStatements, vaultSecret];

export function snapshotOf(evidence: ReadonlyMap<string, Evidence<unknown>>): Snapshot {
  const owner = dataOf(deployment, evidence);
  const scaler = dataOf(autoscaler, evidence);
  const own = owner?.containers.find(({ name }) => name === owner.container) ?? owner?.containers[0];
  return {
    deployment:
      owner === undefined
        ? null
        : {
            image: own?.image ?? '',
            revision: owner.revision,
            replicas: owner.replicas,
            limits: `CPU ${own?.cpuLimit ?? 'none'}, memory ${own?.memoryLimit ?? 'none'}`,
            requests: `CPU ${own?.cpuRequest ?? 'none'}, memory ${own?.memoryRequest ?? 'none'}`,
            pools: owner.connectionStrings.map(({ variable, poolSize }) => ({ variable, size: poolSize })),
            variables: owner.variables.map(({ name, hash, value }) => ({ name, hash, value })),
          },
    autoscaler: scaler === undefined || scaler === null ? null : { minReplicas: scaler.minReplicas, maxReplicas: scaler.maxReplicas },
    hasAutoscaler: scaler === undefined ? null : scaler !== null,
    statements: dataOf(topStatements, evidence)?.map(({ query, meanMs }) => ({ query, meanMs })) ?? null,
    signingKeyVersion: dataOf(vaultSecret, evidence)?.version ?? null,
  };
}
