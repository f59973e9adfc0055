import { setTimeout as delay } from 'node:timers/promises';
import { CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
import type { PodProcess, RunningPodSpec } from '../kubernetes/runtime.ts';
import type { ServiceRuntime } from '../service/runtime.ts';
import { type Cluster, clusterOperations } from './cluster.ts';
import type { Installation } from './service.ts';

export interface RealClusterOptions {
  readonly kubeconfig: string;
  readonly readContext: string;
  readonly fixContext: string;
  readonly runtime: ServiceRuntime;
  readonly installations: readonly { readonly installation: Installation; readonly environment: Readonly<Record<string, string>> }[];
}

const POLL_MS = 2_000;
const GRACE_MS = 5_000;
/** Where the file has such a context, incidents use its rights for what they create. */
const ADMIN = 'admin';

/**
 * Uses a cluster that is there. Whatever pods its Deployments have, the sandbox runs a hotswap-api for each that is
 * ready, so that traffic and metrics follow what the cluster does. What the API server says about them stays its own.
 */
export async function useRealCluster(options: RealClusterOptions): Promise<Cluster> {
  const config = new KubeConfig();
  config.loadFromFile(options.kubeconfig);
  config.setCurrentContext(options.readContext);
  const core = config.makeApiClient(CoreV1Api);
  const stopped = new AbortController();
  const processes = new Map<string, PodProcess>();
  const follow = async (): Promise<void> => {
    for (const { installation, environment } of options.installations) {
      const pods = await core.listNamespacedPod({ namespace: installation.namespace }).catch(() => undefined);
      if (pods === undefined) continue;
      const wanted = pods.items.filter((pod) => isReady(pod, installation.deployment));
      await Promise.all(wanted.map((pod) => startOnce(processes, options.runtime, podSpec(pod, installation, environment))));
      const names = new Set(wanted.map((pod) => pod.metadata?.uid));
      for (const { spec, process } of options.runtime.running(installation.namespace)) {
        if (!names.has(spec.uid) && processes.delete(spec.uid)) void process.terminate(GRACE_MS);
      }
    }
  };
  await follow();
  const following = followForever(follow, stopped.signal);
  return {
    kubeconfig: options.kubeconfig,
    ...clusterOperations(options.kubeconfig, config.getContextObject(ADMIN) === null ? options.fixContext : ADMIN),
    close: async () => {
      stopped.abort();
      await following;
    },
  };
}

async function followForever(follow: () => Promise<void>, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await delay(POLL_MS, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await follow();
  }
}

async function startOnce(processes: Map<string, PodProcess>, runtime: ServiceRuntime, spec: RunningPodSpec): Promise<void> {
  if (!processes.has(spec.uid)) processes.set(spec.uid, await runtime.start(spec));
}

function isReady(pod: V1Pod, deployment: string): boolean {
  const ready = pod.status?.conditions?.some((condition) => condition.type === 'Ready' && condition.status === 'True') ?? false;
  return ready && pod.metadata?.deletionTimestamp === undefined && (pod.metadata?.name ?? '').startsWith(`${deployment}-`);
}

function podSpec(pod: V1Pod, installation: Installation, env: Readonly<Record<string, string>>): RunningPodSpec {
  const container = pod.spec?.containers[0];
  return {
    namespace: installation.namespace,
    name: pod.metadata?.name ?? '',
    uid: pod.metadata?.uid ?? '',
    labels: pod.metadata?.labels ?? {},
    nodeName: pod.spec?.nodeName ?? '',
    container: {
      name: container?.name ?? installation.deployment,
      image: container?.image ?? '',
      env,
      resources: { requests: {}, limits: { cpuMillicores: installation.cpuLimitMillicores } },
    },
  };
}
