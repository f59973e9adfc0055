import { setTimeout as delay } from 'node:timers/promises';
import { ApiException, CoreV1Api, KubeConfig, type V1Pod } from '@kubernetes/client-node';
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
  /** Told what the cluster lacks of what the sandbox expects there, with what to do about it. */
  readonly note: (text: string) => void;
}

const POLL_MS = 2_000;
const GRACE_MS = 5_000;
/** Where the file has such a context, incidents use its rights for what they create. */
const ADMIN = 'admin';

/**
 * Uses a cluster that is there. Whatever pods its Deployments have, the sandbox runs a hotswap-api for each that is
 * ready, so that traffic and metrics follow what the cluster does. What the API server says about them stays its own.
 * @throws where the kubeconfig has no such context, or its cluster does not answer
 */
export async function useRealCluster(options: RealClusterOptions): Promise<Cluster> {
  const config = readKubeconfig(options);
  const core = config.makeApiClient(CoreV1Api);
  for (const { installation } of options.installations) {
    const lack = await whatLacks(core, installation, options);
    if (lack !== undefined) options.note(lack);
  }
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
    machines: undefined,
    addresses: (namespace) =>
      options.runtime.running(namespace).flatMap(({ process }) => (process.ready() ? [{ host: process.host, port: process.port }] : [])),
    scraped: () => undefined,
    edgeObjects: () => undefined,
    close: async () => {
      stopped.abort();
      await following;
    },
  };
}

function readKubeconfig({ kubeconfig, readContext, fixContext }: RealClusterOptions): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfig);
  const known = config.getContexts().map(({ name }) => name);
  for (const [option, context] of [
    ['--context', readContext],
    ['--fix-context', fixContext],
  ] as const)
    if (!known.includes(context)) throw new Error(`${option}: ${kubeconfig} has no context "${context}"; it has: ${known.join(', ')}`);
  config.setCurrentContext(readContext);
  return config;
}

/** Why an installation cannot be used yet, in words for who started the sandbox; undefined where its pods are ready. */
async function whatLacks(core: CoreV1Api, installation: Installation, options: RealClusterOptions): Promise<string | undefined> {
  const { namespace, deployment } = installation;
  try {
    const { items } = await core.listNamespacedPod({ namespace });
    if (items.some((pod) => isReady(pod, deployment))) return undefined;
    return `    The namespace ${namespace} has no ready pod of the Deployment ${deployment}: its target has no traffic and no metrics until it has.`;
  } catch (error) {
    if (error instanceof ApiException && error.code === 403)
      return (
        `    The context "${options.readContext}" may not read the namespace ${namespace}: its target shows what it could not look at.\n` +
        `    Where the target is wanted: kubectl --namespace ${namespace} apply -f deploy/rbac.yaml`
      );
    throw new Error(`the cluster of the context "${options.readContext}" could not be asked for pods: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiException) return `HTTP ${error.code}`;
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
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
