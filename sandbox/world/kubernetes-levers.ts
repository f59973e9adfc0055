import type { ObjectHeader } from '../incident.ts';
import { CONTAINER } from '../service/runtime.ts';
import type { Cluster } from './cluster.ts';
import { SETTINGS, settingsManifest } from './manifests.ts';
import type { PodView } from './pod-view.ts';
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
  /** Puts an object's spec back to that of what was read before. */
  putSpec(header: ObjectHeader, from: object): Promise<void>;
  /** Changes the Deployment of hotswap-api: a rollout where its template changes. */
  patchDeployment(change: object): Promise<void>;
  /** Changes hotswap-api's container in the Deployment's template: a rollout. */
  patchContainer(change: ContainerChange): Promise<void>;
  /** The pods of hotswap-api. */
  pods(): Promise<readonly PodView[]>;
  /** How many of its ReplicaSets could not make a pod. */
  failedCreates(): Promise<number>;
  /** Moves this many of its pods elsewhere, as whoever maintains their machines does: deleted, and made again by their ReplicaSet. */
  replacePods(count: number): Promise<void>;
  /** The settings that hotswap-api reads from its ConfigMap as variables when it starts. */
  changeSettings(change: Readonly<Record<string, string>>): Promise<void>;
  /** Puts them back. */
  restoreSettings(): Promise<void>;
  /** Switches off the machine under a node, or on again. */
  switchMachine(node: string, to: 'on' | 'off'): void;
  /** Puts the Deployment's spec back to what it was before the first change. */
  restoreDeployment(): Promise<void>;
}

export function kubernetesLevers(cluster: Cluster, installation: Installation): KubernetesLevers {
  const { namespace, deployment } = installation;
  const header: ObjectHeader = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: deployment, namespace } };
  const { data: _data, ...settings } = settingsManifest(installation);
  const changed = new Set<string>();
  const pods = async (): Promise<readonly PodView[]> =>
    (await cluster.pods(namespace)).filter(({ name }) => name.startsWith(`${deployment}-`));
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
    putSpec: (manifest, from) => cluster.putSpec(manifest, from),
    patchDeployment,
    patchContainer: (change) => patchDeployment({ spec: { template: { spec: { containers: [{ name: CONTAINER, ...change }] } } } }),
    pods,
    failedCreates: () => cluster.failedCreates(namespace),
    replacePods: async (count) => {
      const replaced = (await pods()).filter(({ terminating }) => !terminating).slice(0, count);
      for (const { name } of replaced) await cluster.delete({ apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace } });
    },
    changeSettings: async (change) => {
      for (const key of Object.keys(change)) changed.add(key);
      await cluster.patch(settings, { data: change });
    },
    restoreSettings: async () => {
      const back = [...changed].map((key) => [key, SETTINGS[key] ?? null]);
      if (back.length > 0) await cluster.patch(settings, { data: Object.fromEntries(back) });
      changed.clear();
    },
    switchMachine: (node, to) => {
      if (cluster.machines === undefined) throw new Error('the machines of a real cluster are not switched off here');
      if (to === 'off') cluster.machines.stop(node);
      else cluster.machines.start(node);
    },
    restoreDeployment: async () => {
      if (original === undefined) return;
      await cluster.putSpec(header, original);
      original = undefined;
    },
  };
}
