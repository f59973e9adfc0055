import { ApiException, ApisApi, AppsV1Api, CoreV1Api, KubeConfig, KubernetesObjectApi, PatchStrategy } from '@kubernetes/client-node';
import { z } from 'zod';
import type { ObjectHeader } from '../incident.ts';
import type { EdgeObjects } from '../ingress/route.ts';
import type { Machines } from '../kubernetes/machines.ts';
import type { Address } from '../service/load.ts';
import type { Manifest } from './manifests.ts';
import { type PodView, podView } from './pod-view.ts';
import type { ScrapedPort } from './prometheus-operator.ts';

/** A Kubernetes cluster, the stand-in or a real one, as the sandbox uses it. */
export interface Cluster {
  /** The file that the bot gets. */
  readonly kubeconfig: string;
  create(manifest: Manifest): Promise<void>;
  /** Deletes an object; one that is not there is no failure. */
  delete(manifest: Manifest): Promise<void>;
  /** Undefined: it is not there. */
  read(header: ObjectHeader): Promise<object | undefined>;
  /** A strategic merge patch. */
  patch(header: ObjectHeader, change: object): Promise<void>;
  /** Replaces the spec of an object by that of another one that was read before. */
  putSpec(header: ObjectHeader, from: object): Promise<void>;
  /** What `kubectl get pods -o wide` shows. */
  pods(namespace: string): Promise<readonly PodView[]>;
  /** ReplicaSets that could not make a pod. */
  failedCreates(namespace: string): Promise<number>;
  /** The machines under its nodes; a real cluster's are nobody's to switch off. */
  readonly machines: Pick<Machines, 'stop' | 'start'> | undefined;
  /** Where the Service of that name sends requests now. */
  addresses(namespace: string, service: string): readonly Address[];
  /** What its Prometheus Operator has Prometheus scrape; undefined: it has none, and every pod is scraped. */
  scraped(): readonly ScrapedPort[] | undefined;
  /** What an ingress controller reads of a namespace; undefined: this cluster has controllers of its own. */
  edgeObjects(namespace: string): EdgeObjects | undefined;
  /** Whether the HPA of that name says that its maximum holds it back. */
  autoscalerLimited(namespace: string, name: string): Promise<boolean>;
  close(): Promise<void>;
}

const Condition = z.object({ type: z.string(), status: z.string(), reason: z.string().optional() });
const Autoscaler = z.object({ status: z.object({ conditions: z.array(Condition).nullish() }).nullish() });

const Specified = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string() }),
  spec: z.unknown(),
});

const Changed = z.looseObject({ metadata: z.looseObject({}).optional() });

const AUTOSCALING = 'autoscaling/v2';
/** The same fields, on clusters before 1.23. */
const AUTOSCALING_BEFORE = 'autoscaling/v2beta2';

/** What the sandbox does to a cluster, with the rights of one of its contexts. */
export function clusterOperations(
  kubeconfig: string,
  context: string,
): Omit<Cluster, 'kubeconfig' | 'addresses' | 'edgeObjects' | 'scraped' | 'machines' | 'close'> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext(context);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const served = async (apiVersion: string): Promise<string> =>
    apiVersion === AUTOSCALING && !(await groupVersions(config)).has(AUTOSCALING) ? AUTOSCALING_BEFORE : apiVersion;
  return {
    create: async (manifest) => {
      await objects.create({ ...manifest, apiVersion: await served(manifest.apiVersion) });
    },
    delete: async (manifest) => {
      await unlessGone(objects.delete({ ...manifest, apiVersion: await served(manifest.apiVersion) }));
    },
    read: async (header) => unlessGone(objects.read({ ...header, apiVersion: await served(header.apiVersion) })),
    patch: async (header, change) => {
      const { metadata = {} } = Changed.parse(change);
      const patch = { ...change, ...header, apiVersion: await served(header.apiVersion), metadata: { ...metadata, ...header.metadata } };
      await objects.patch(patch, undefined, undefined, undefined, undefined, PatchStrategy.StrategicMergePatch);
    },
    putSpec: async (header, from) => {
      const { spec } = Specified.parse(from);
      const now = Specified.parse(await objects.read(header));
      await objects.replace({ ...now, spec });
    },
    failedCreates: async (namespace) => {
      const { items } = await apps.listNamespacedReplicaSet({ namespace });
      return items.filter(({ status }) => status?.conditions?.some(({ type, status: is }) => type === 'ReplicaFailure' && is === 'True'))
        .length;
    },
    pods: async (namespace) => (await core.listNamespacedPod({ namespace })).items.map(podView),
    autoscalerLimited: async (namespace, name) => {
      const header = { apiVersion: await served(AUTOSCALING), kind: 'HorizontalPodAutoscaler', metadata: { namespace, name } };
      const { status } = Autoscaler.parse((await unlessGone(objects.read(header))) ?? {});
      return (status?.conditions ?? []).some(
        (condition) => condition.type === 'ScalingLimited' && condition.status === 'True' && condition.reason === 'TooManyReplicas',
      );
    },
  };
}

async function groupVersions(config: KubeConfig): Promise<ReadonlySet<string>> {
  const { groups } = await config.makeApiClient(ApisApi).getAPIVersions();
  return new Set(groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion)));
}

async function unlessGone<Result>(asked: Promise<Result>): Promise<Result | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return undefined;
    throw error;
  }
}
