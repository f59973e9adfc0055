import { ApiException, ApisApi, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
import { z } from 'zod';
import type { Manifest } from './manifests.ts';

/** A Kubernetes cluster, the stand-in or a real one, as the sandbox uses it. */
export interface Cluster {
  /** The file that the bot gets. */
  readonly kubeconfig: string;
  create(manifest: Manifest): Promise<void>;
  /** Deletes an object; one that is not there is no failure. */
  delete(manifest: Manifest): Promise<void>;
  /** Whether the HPA of that name says that its maximum holds it back. */
  autoscalerLimited(namespace: string, name: string): Promise<boolean>;
  close(): Promise<void>;
}

const Condition = z.object({ type: z.string(), status: z.string(), reason: z.string().optional() });
const Autoscaler = z.object({ status: z.object({ conditions: z.array(Condition).nullish() }).nullish() });

const AUTOSCALING = 'autoscaling/v2';
/** The same fields, on clusters before 1.23. */
const AUTOSCALING_BEFORE = 'autoscaling/v2beta2';

/** What the sandbox does to a cluster, with the rights of one of its contexts. */
export function clusterOperations(kubeconfig: string, context: string): Pick<Cluster, 'create' | 'delete' | 'autoscalerLimited'> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext(context);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const served = async (apiVersion: string): Promise<string> =>
    apiVersion === AUTOSCALING && !(await groupVersions(config)).has(AUTOSCALING) ? AUTOSCALING_BEFORE : apiVersion;
  return {
    create: async (manifest) => {
      await objects.create({ ...manifest, apiVersion: await served(manifest.apiVersion) });
    },
    delete: async (manifest) => {
      await unlessGone(objects.delete({ ...manifest, apiVersion: await served(manifest.apiVersion) }));
    },
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
