import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { type KubernetesStandIn, startKubernetes } from '../kubernetes/server.ts';
import type { Builds } from '../service/builds.ts';
import type { Address } from '../service/load.ts';
import type { ServiceRuntime } from '../service/runtime.ts';
import { type Cluster, clusterOperations } from './cluster.ts';
import { rbacManifests, serviceManifests } from './manifests.ts';
import { scrapedPorts } from './prometheus-operator.ts';
import { type Certificates, ingressManifests } from './public-addresses.ts';
import type { Installation } from './service.ts';

export interface StandInClusterOptions {
  readonly seed: number;
  /** Where its kubeconfig goes. */
  readonly directory: string;
  readonly runtime: ServiceRuntime;
  readonly builds: Builds;
  readonly installations: readonly {
    readonly installation: Installation;
    readonly environment: Readonly<Record<string, string>>;
    readonly certificates: Certificates;
  }[];
}

const AGE_MS = 26 * 3_600_000;
/** A host that is busy with other things needs minutes for what takes seconds otherwise. */
const READY_WITHIN_MS = 300_000;
const LOOK_EVERY_MS = 50;

/** Starts the API server with its controllers, applies the product's RBAC and the service, and waits until its pods are ready. */
export async function startStandInCluster(options: StandInClusterOptions): Promise<Cluster> {
  const { runtime, builds, installations } = options;
  // The service was rolled out yesterday: whatever is made before its pods are ready carries yesterday's time.
  let ageMs = AGE_MS;
  const kubernetes = await startKubernetes({
    seed: options.seed,
    directory: options.directory,
    runtime,
    registries: (image) => builds.answer(image),
    namespaces: installations.map(({ installation }) => installation.namespace),
    now: () => new Date(Date.now() - ageMs),
  });
  try {
    for (const { installation, environment, certificates } of installations) {
      const manifests = [
        ...(await rbacManifests(installation.namespace)),
        ...serviceManifests(installation, environment),
        ...ingressManifests(installation, certificates),
      ];
      for (const manifest of manifests) kubernetes.apply(manifest);
    }
    await untilReady(() => installations.every(({ installation }) => available(installation) >= installation.replicas));
  } catch (error) {
    await kubernetes.close();
    throw error;
  }
  ageMs = 0;
  return {
    kubeconfig: kubernetes.kubeconfigPath,
    ...clusterOperations(kubernetes.kubeconfigPath, 'admin'),
    machines: kubernetes.machines,
    scraped: () => scrapedPorts(kubernetes),
    addresses: (namespace, service) => readyAddresses(kubernetes, namespace, service),
    edgeObjects: (namespace) => ({
      ingress: (name) => kubernetes.get('ingresses', namespace, name),
      service: (name) => kubernetes.get('services', namespace, name),
      secret: (name) => kubernetes.get('secrets', namespace, name),
    }),
    close: () => kubernetes.close(),
  };

  function available({ namespace, deployment }: Installation): number {
    return kubernetes.get('deployments', namespace, deployment)?.status?.availableReplicas ?? 0;
  }
}

const Slice = z.object({
  ports: z.array(z.object({ port: z.number() })).default([]),
  endpoints: z.array(z.object({ addresses: z.array(z.string()), conditions: z.object({ ready: z.boolean() }) })).default([]),
});

/** What kube-proxy on the nodes makes of the Service's EndpointSlices. */
function readyAddresses(kubernetes: KubernetesStandIn, namespace: string, service: string): readonly Address[] {
  const slices = kubernetes.list('endpointslices', namespace, `kubernetes.io/service-name=${service}`).map((slice) => Slice.parse(slice));
  return slices.flatMap(({ ports, endpoints }) =>
    endpoints
      .filter(({ conditions }) => conditions.ready)
      .flatMap(({ addresses }) => addresses.flatMap((host) => ports.map(({ port }) => ({ host, port })))),
  );
}

async function untilReady(ready: () => boolean): Promise<void> {
  const until = Date.now() + READY_WITHIN_MS;
  while (!ready()) {
    if (Date.now() > until) throw new Error('the pods of hotswap-api did not become ready');
    await delay(LOOK_EVERY_MS);
  }
}
