import { ApiException, AutoscalingV2Api, KubeConfig, KubernetesObjectApi } from '@kubernetes/client-node';
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

/** What the sandbox does to a cluster, with the rights of one of its contexts. */
export function clusterOperations(kubeconfig: string, context: string): Pick<Cluster, 'create' | 'delete' | 'autoscalerLimited'> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  config.setCurrentContext(context);
  const objects = KubernetesObjectApi.makeApiClient(config);
  const autoscaling = config.makeApiClient(AutoscalingV2Api);
  return {
    create: async (manifest) => {
      await objects.create(manifest);
    },
    delete: async (manifest) => {
      await objects.delete(manifest).catch((error: unknown) => {
        if (!(error instanceof ApiException && error.code === 404)) throw error;
      });
    },
    autoscalerLimited: async (namespace, name) => {
      const { items } = await autoscaling.listNamespacedHorizontalPodAutoscaler({ namespace });
      const conditions = items.find((item) => item.metadata?.name === name)?.status?.conditions ?? [];
      return conditions.some(({ type, status, reason }) => type === 'ScalingLimited' && status === 'True' && reason === 'TooManyReplicas');
    },
  };
}
