import type { ObjectHeader } from '../incident.ts';
import type { Cluster } from './cluster.ts';
import type { Installation } from './service.ts';

/** A change of the container in the Deployment's template, merged as `kubectl patch` does: lists of named things by name. */
export interface ContainerChange {
  readonly image?: string;
  readonly env?: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[];
  readonly resources?: object;
  readonly readinessProbe?: object;
  readonly livenessProbe?: object;
  readonly [field: string]: unknown;
}

/** What people with the rights of an administrator do in the cluster. */
export interface KubernetesLevers {
  create(manifest: ObjectHeader): Promise<void>;
  /** An object that is not there is no failure. */
  delete(header: ObjectHeader): Promise<void>;
  /** Undefined: it is not there. */
  read(header: ObjectHeader): Promise<object | undefined>;
  /** A strategic merge patch, as `kubectl patch` makes. */
  patch(header: ObjectHeader, change: object): Promise<void>;
  /** Changes the Deployment of hotswap-api: a rollout where its template changes. */
  patchDeployment(change: object): Promise<void>;
  /** Changes hotswap-api's container in the Deployment's template: a rollout. */
  patchContainer(change: ContainerChange): Promise<void>;
  /** Puts the Deployment's spec back to what it was before the first change. */
  restoreDeployment(): Promise<void>;
}

export const CONTAINER = 'hotswap-api';

export function kubernetesLevers(cluster: Cluster, { namespace, deployment }: Installation): KubernetesLevers {
  const header: ObjectHeader = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: deployment, namespace } };
  let original: object | undefined;
  const patchDeployment = async (change: object): Promise<void> => {
    original ??= await cluster.read(header);
    await cluster.patch(header, change);
  };
  return {
    create: (manifest) => cluster.create({ ...manifest }),
    delete: (manifest) => cluster.delete({ ...manifest }),
    read: (manifest) => cluster.read(manifest),
    patch: (manifest, change) => cluster.patch(manifest, change),
    patchDeployment,
    patchContainer: (change) => patchDeployment({ spec: { template: { spec: { containers: [{ name: CONTAINER, ...change }] } } } }),
    restoreDeployment: async () => {
      if (original === undefined) return;
      await cluster.putSpec(header, original);
      original = undefined;
    },
  };
}
