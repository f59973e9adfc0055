import type { Pod } from '../kinds/pod.ts';
import type { ClusterStore } from '../store/cluster-store.ts';

/** What keeps the kubelet from mounting the pod's volumes, in its words; undefined: nothing. */
export function mountProblem(store: ClusterStore, pod: Pod): string | undefined {
  const { namespace = '' } = pod.metadata;
  for (const { name, configMap, secret } of pod.spec.volumes ?? []) {
    const missing =
      configMap !== undefined && configMap.optional !== true && store.configmaps.get(namespace, configMap.name) === undefined
        ? `configmap "${configMap.name}" not found`
        : secret !== undefined && secret.optional !== true && store.secrets.get(namespace, secret.secretName) === undefined
          ? `secret "${secret.secretName}" not found`
          : undefined;
    if (missing !== undefined) return `MountVolume.SetUp failed for volume "${name}" : ${missing}`;
  }
  return undefined;
}
