import { z } from 'zod';
import type { Discovery, KubernetesReader } from '../../clients/kubernetes-read.ts';
import { ReadError } from '../../clients/read-errors.ts';
import { asCoreEvent } from '../core-events.ts';
import { CLUSTER_VERSION, clusterPath, customPath, errorsFile, GROUPS, json, namespacedPath, RESOURCES } from '../layout.ts';
import { onceMore } from '../once-more.ts';
import { listOf } from '../sanitise.ts';
import { shortfallOf } from '../shortfall.ts';
import { type BundleFile, type CollectorContext, defineCollector } from '../types.ts';

interface Part {
  /** More than one where other tools look for it in several places. */
  readonly paths: readonly [string, ...string[]];
  read(kubernetes: KubernetesReader, signal: AbortSignal): Promise<unknown>;
}

/** The objects around the service, as the API has them, without values of variables. */
export const clusterResources = defineCollector({
  id: 'cluster-resources',
  title: 'Objects of Kubernetes',
  permission: 'Role rule {apiGroups: [""], resources: ["namespaces"], verbs: ["get"]}',
  async *collect(context) {
    yield* inTurn(await Promise.all([...partsOf(context).map((part) => readPart(part, context)), discovery(context)]));
  },
});

function partsOf({ target }: CollectorContext): Part[] {
  const { namespace } = target.kubernetes;
  const part = (path: string, apiVersion: string, kind: string, read: Part['read']): Part => ({
    paths: [path],
    read: async (kubernetes, signal) => listOf(apiVersion, kind, await read(kubernetes, signal)),
  });
  const own = (plural: string, apiVersion: string, kind: string, read: Part['read']) =>
    part(namespacedPath(plural, namespace), apiVersion, kind, read);
  return [
    own('deployments', 'apps/v1', 'Deployment', async (k, signal) => ({
      items: [await k.deployment(namespace, target.kubernetes.deployment, signal)],
    })),
    own('replicasets', 'apps/v1', 'ReplicaSet', (k, signal) => k.replicaSets(namespace, '', signal)),
    own('pods', 'v1', 'Pod', (k, signal) => k.pods(namespace, '', signal)),
    {
      paths: [namespacedPath('events', namespace)],
      read: async (kubernetes, signal) => {
        const list = listOf('v1', 'Event', await kubernetes.events(namespace, signal));
        return { ...list, items: list.items.map(asCoreEvent) };
      },
    },
    own('services', 'v1', 'Service', (k, signal) => k.services(namespace, signal)),
    own('ingresses', 'networking.k8s.io/v1', 'Ingress', (k, signal) => k.ingresses(namespace, signal)),
    own('persistentvolumeclaims', 'v1', 'PersistentVolumeClaim', (k, signal) => k.persistentVolumeClaims(namespace, signal)),
    own('resourcequotas', 'v1', 'ResourceQuota', (k, signal) => k.resourceQuotas(namespace, signal)),
    own('limitranges', 'v1', 'LimitRange', (k, signal) => k.limitRanges(namespace, signal)),
    {
      paths: [namespacedPath('pod-disruption-budgets', namespace), namespacedPath('poddisruptionbudgets', namespace)],
      read: async (kubernetes, signal) => listOf('policy/v1', 'PodDisruptionBudget', await kubernetes.disruptionBudgets(namespace, signal)),
    },
    {
      paths: [namespacedPath('horizontalpodautoscalers', namespace)],
      read: async (kubernetes, signal) => {
        const { version, list } = await kubernetes.autoscalers(namespace, signal);
        return listOf(`autoscaling/${version}`, 'HorizontalPodAutoscaler', list);
      },
    },
    {
      paths: [clusterPath('namespaces')],
      read: async (kubernetes, signal) => listOf('v1', 'Namespace', { items: [await kubernetes.namespace(namespace, signal)] }),
    },
    part(clusterPath('nodes'), 'v1', 'Node', (k, signal) => k.nodes(signal)),
    ...(['servicemonitors', 'podmonitors'] as const).map((plural) =>
      part(
        customPath(plural, 'monitoring.coreos.com', namespace),
        'monitoring.coreos.com/v1',
        plural === 'servicemonitors' ? 'ServiceMonitor' : 'PodMonitor',
        (k, signal) => k.monitors(namespace, plural, signal),
      ),
    ),
  ];
}

async function readPart({ paths, read }: Part, { clients, signal, lacks }: CollectorContext): Promise<BundleFile[]> {
  try {
    const content = json(await onceMore(signal, () => read(clients.kubernetes, signal)));
    return paths.map((path) => ({ path, content }));
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    const lacking = shortfallOf(paths[0], error);
    lacks(lacking);
    return [errorsFile(paths[0], lacking.reason)];
  }
}

/** What the cluster serves: without it other tools cannot map names to kinds. What it does not tell of is left out, as they would ask for it. */
async function discovery({ clients, signal, lacks }: CollectorContext): Promise<BundleFile[]> {
  try {
    const [version, { groups, resources, unanswered }] = await Promise.all([
      onceMore(signal, () => clients.kubernetes.version(signal)),
      onceMore(signal, () => wholeDiscovery(clients.kubernetes, signal)),
    ]);
    for (const [reason, some] of Map.groupBy(unanswered, (one) => one.reason)) {
      const versions = some.map(({ groupVersion }) => groupVersion).sort();
      lacks({ what: RESOURCES, reason: `The kinds of ${versions.join(', ')} are not in it: ${reason}`, mend: '' });
    }
    return [
      { path: CLUSTER_VERSION, content: json({ info: version, string: version.gitVersion }) },
      { path: GROUPS, content: json(groups) },
      { path: RESOURCES, content: json(resources.map(asServed)) },
    ];
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    lacks(shortfallOf(CLUSTER_VERSION, error));
    return [];
  }
}

async function wholeDiscovery(kubernetes: KubernetesReader, signal: AbortSignal): Promise<Discovery> {
  const found = await kubernetes.discovery(signal);
  return found.unanswered.length === 0 ? found : kubernetes.discovery(signal);
}

const ResourceList = z.looseObject({ groupVersion: z.string(), apiVersion: z.string().optional() });

/** The core list goes without the apiVersion that those of the groups have: sbctl waits in vain for one that has it. */
function asServed(list: unknown): unknown {
  const { apiVersion, ...rest } = ResourceList.parse(list);
  return rest.groupVersion === 'v1' ? rest : { apiVersion, ...rest };
}

function* inTurn(files: readonly (readonly BundleFile[])[]): Generator<BundleFile> {
  for (const some of files) yield* some;
}
