import {
  ApiException,
  ApisApi,
  AppsV1Api,
  AutoscalingV1Api,
  AutoscalingV2Api,
  type Configuration,
  CoreV1Api,
  CustomObjectsApi,
  createConfiguration,
  DiscoveryV1Api,
  EventsV1Api,
  type KubeConfig,
  NetworkingV1Api,
  PolicyV1Api,
  type PromiseHttpLibrary,
  type RequestContext,
  ServerConfiguration,
  VersionApi,
  wrapHttpLibrary,
} from '@kubernetes/client-node';
import pLimit from 'p-limit';
import { z } from 'zod';
import type { KubeconfigOptions } from './kubeconfig.ts';
import { logTransport } from './kubernetes-log.ts';
import { loadKubeconfig } from './kubernetes-read-config.ts';
import { classifyKubernetesError } from './kubernetes-read-errors.ts';
import type { TakePiece } from './one-by-one.ts';
import { Patience } from './patience.ts';
import { ReadError } from './read-errors.ts';

export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The container's run before the last restart. */
  readonly previous: boolean;
  readonly tailLines: number;
  readonly limitBytes: number;
  readonly sinceSeconds: number;
}

/** What the cluster serves, as its own tools see it: the groups of which it told the kinds. */
export interface Discovery {
  /** APIGroup, one for each group. */
  readonly groups: readonly unknown[];
  /** APIResourceList, one for each group and version. */
  readonly resources: readonly unknown[];
  /** Versions that it lists and told nothing of, such as where the server behind one is down. */
  readonly unanswered: readonly { readonly groupVersion: string; readonly reason: string }[];
}

/** What may be asked of the cluster. Answers are raw: each source of evidence parses its own. */
export interface KubernetesReader {
  deployment(namespace: string, name: string, signal: AbortSignal): Promise<unknown>;
  replicaSets(namespace: string, labelSelector: string, signal: AbortSignal): Promise<unknown>;
  /** The same as the API has them, without the client's own types, which leave out the fields that they do not know. */
  wholeReplicaSets(namespace: string, labelSelector: string, signal: AbortSignal): Promise<unknown>;
  pods(namespace: string, labelSelector: string, signal: AbortSignal): Promise<unknown>;
  /** Of autoscaling/v2, or of v1 where the cluster serves no v2. */
  autoscalers(namespace: string, signal: AbortSignal): Promise<{ readonly version: 'v2' | 'v1'; readonly list: unknown }>;
  podMetrics(namespace: string, labelSelector: string, signal: AbortSignal): Promise<unknown>;
  podLog(request: LogRequest, signal: AbortSignal): Promise<string>;
  /** The same, handed on as it comes. May take as long as it likes, but for pauses that are longer than the time for a read. */
  streamPodLog(request: LogRequest, take: TakePiece, signal: AbortSignal): Promise<void>;
  services(namespace: string, signal: AbortSignal): Promise<unknown>;
  /** Of a Service: slices of discovery.k8s.io/v1, or its Endpoints where the cluster (before 1.21) serves no such slices. */
  endpoints(
    namespace: string,
    service: string,
    signal: AbortSignal,
  ): Promise<{ readonly kind: 'slices' | 'endpoints'; readonly answer: unknown }>;
  /** Of events.k8s.io/v1. */
  events(namespace: string, signal: AbortSignal): Promise<unknown>;
  ingresses(namespace: string, signal: AbortSignal): Promise<unknown>;
  resourceQuotas(namespace: string, signal: AbortSignal): Promise<unknown>;
  limitRanges(namespace: string, signal: AbortSignal): Promise<unknown>;
  /** Values included: whoever reads them shows none. */
  configMaps(namespace: string, signal: AbortSignal): Promise<unknown>;
  persistentVolumeClaims(namespace: string, signal: AbortSignal): Promise<unknown>;
  /** Of policy/v1, or of v1beta1 where the cluster (before 1.21) serves no v1: what is read of them is the same in both. */
  disruptionBudgets(namespace: string, signal: AbortSignal): Promise<unknown>;
  /** Granted by a Role in that namespace. */
  namespace(name: string, signal: AbortSignal): Promise<unknown>;
  /** Cluster scope: a permission that many do not grant. */
  nodes(signal: AbortSignal): Promise<unknown>;
  nodeMetrics(signal: AbortSignal): Promise<unknown>;
  /** One page of the pods of all namespaces that have not ended; `next` is where the previous page says that it goes on. */
  allPods(next: string | undefined, signal: AbortSignal): Promise<unknown>;
  /** Of monitoring.coreos.com/v1. */
  monitors(namespace: string, plural: 'servicemonitors' | 'podmonitors', signal: AbortSignal): Promise<unknown>;
  /** Group versions that the cluster serves, such as "monitoring.coreos.com/v1"; needs no permission. */
  groupVersions(signal: AbortSignal): Promise<readonly string[]>;
  /** Needs no permission. */
  version(signal: AbortSignal): Promise<{ readonly gitVersion: string }>;
  /** Needs no permission. */
  discovery(signal: AbortSignal): Promise<Discovery>;
}

interface KubernetesOptions extends KubeconfigOptions {
  readonly timeoutMs: number;
}

/** Of one kind: more than a service has. Where there are more, nothing is judged, as what was left out might say otherwise. */
const LIST_LIMIT = 1_000;
/** One page: a Deployment with more pods than this is read in part, and says so. */
const POD_LIMIT = 200;
const NOT_ENDED = 'status.phase!=Succeeded,status.phase!=Failed';
const EVENT_LIMIT = 500;
const METRICS = { group: 'metrics.k8s.io', version: 'v1beta1' } as const;

/** Reads the kubeconfig at the first question, so that a broken one is missing evidence and not the end of the process. */
export function connectKubernetesReader(options: KubernetesOptions): KubernetesReader {
  let config: KubeConfig | undefined;
  const ask = async <Result>(
    signal: AbortSignal,
    call: (configuration: Configuration) => Promise<Result>,
    timeout: AbortSignal = AbortSignal.timeout(options.timeoutMs),
    transport?: Transport,
  ): Promise<Result> => {
    try {
      config ??= loadKubeconfig(options);
      return await call(configure(config, AbortSignal.any([signal, timeout]), transport));
    } catch (error) {
      throw classifyKubernetesError(error);
    }
  };
  const askAll = (kind: string, signal: AbortSignal, list: (configuration: Configuration) => Promise<unknown>) =>
    ask(signal, async (c) => whole(kind, await list(c)));
  return {
    deployment: (namespace, name, signal) => ask(signal, (c) => new AppsV1Api(c).readNamespacedDeployment({ namespace, name })),
    replicaSets: (namespace, labelSelector, signal) =>
      askAll('ReplicaSets', signal, (c) => new AppsV1Api(c).listNamespacedReplicaSet({ namespace, labelSelector, limit: LIST_LIMIT })),
    wholeReplicaSets: (namespace, labelSelector, signal) =>
      askAll('ReplicaSets', signal, (c) =>
        new CustomObjectsApi(c).listNamespacedCustomObject({
          group: 'apps',
          version: 'v1',
          namespace,
          plural: 'replicasets',
          labelSelector,
          limit: LIST_LIMIT,
        }),
      ),
    pods: (namespace, labelSelector, signal) =>
      ask(signal, (c) => new CoreV1Api(c).listNamespacedPod({ namespace, labelSelector, limit: POD_LIMIT })),
    autoscalers: (namespace, signal) => ask(signal, (c) => listAutoscalers(c, namespace)),
    podMetrics: (namespace, labelSelector, signal) =>
      askAll("pods' metrics", signal, (c) =>
        new CustomObjectsApi(c).listNamespacedCustomObject({
          ...METRICS,
          namespace,
          plural: 'pods',
          labelSelector,
          limit: LIST_LIMIT,
        }),
      ),
    podLog: ({ pod, ...request }, signal) =>
      ask(signal, (c) => new CoreV1Api(c).readNamespacedPodLog({ ...request, name: pod, timestamps: true })),
    streamPodLog: async ({ pod, ...request }, take, signal) => {
      const read = (c: Configuration) => new CoreV1Api(c).readNamespacedPodLog({ ...request, name: pod, timestamps: true });
      const patience = new Patience(options.timeoutMs);
      await ask(signal, read, patience.signal, (known) => logTransport(known, take, patience)).finally(() => patience.rest());
    },
    services: (namespace, signal) =>
      askAll('Services', signal, (c) => new CoreV1Api(c).listNamespacedService({ namespace, limit: LIST_LIMIT })),
    endpoints: (namespace, service, signal) => ask(signal, (c) => listEndpoints(c, namespace, service)),
    events: (namespace, signal) => ask(signal, (c) => new EventsV1Api(c).listNamespacedEvent({ namespace, limit: EVENT_LIMIT })),
    ingresses: (namespace, signal) =>
      askAll('Ingresses', signal, (c) => new NetworkingV1Api(c).listNamespacedIngress({ namespace, limit: LIST_LIMIT })),
    resourceQuotas: (namespace, signal) =>
      askAll('ResourceQuotas', signal, (c) => new CoreV1Api(c).listNamespacedResourceQuota({ namespace, limit: LIST_LIMIT })),
    limitRanges: (namespace, signal) =>
      askAll('LimitRanges', signal, (c) => new CoreV1Api(c).listNamespacedLimitRange({ namespace, limit: LIST_LIMIT })),
    configMaps: (namespace, signal) =>
      askAll('ConfigMaps', signal, (c) => new CoreV1Api(c).listNamespacedConfigMap({ namespace, limit: LIST_LIMIT })),
    persistentVolumeClaims: (namespace, signal) =>
      askAll('PersistentVolumeClaims', signal, (c) =>
        new CoreV1Api(c).listNamespacedPersistentVolumeClaim({ namespace, limit: LIST_LIMIT }),
      ),
    disruptionBudgets: (namespace, signal) => askAll('PodDisruptionBudgets', signal, (c) => listBudgets(c, namespace)),
    namespace: (name, signal) => ask(signal, (c) => new CoreV1Api(c).readNamespace({ name })),
    nodes: (signal) => askAll('nodes', signal, (c) => new CoreV1Api(c).listNode({ limit: LIST_LIMIT })),
    nodeMetrics: (signal) =>
      askAll("nodes' metrics", signal, (c) =>
        new CustomObjectsApi(c).listClusterCustomObject({ ...METRICS, plural: 'nodes', limit: LIST_LIMIT }),
      ),
    allPods: (next, signal) =>
      ask(signal, (c) =>
        new CoreV1Api(c).listPodForAllNamespaces({
          fieldSelector: NOT_ENDED,
          limit: POD_LIMIT,
          ...(next === undefined ? {} : { _continue: next }),
        }),
      ),
    monitors: (namespace, plural, signal) =>
      askAll(plural, signal, (c) =>
        new CustomObjectsApi(c).listNamespacedCustomObject({
          group: 'monitoring.coreos.com',
          version: 'v1',
          namespace,
          plural,
          limit: LIST_LIMIT,
        }),
      ),
    groupVersions: (signal) =>
      ask(signal, async (c) => {
        const { groups } = await new ApisApi(c).getAPIVersions();
        return groups.flatMap(({ versions }) => versions.map(({ groupVersion }) => groupVersion));
      }),
    version: (signal) => ask(signal, (c) => new VersionApi(c).getCode()),
    discovery: (signal) => ask(signal, discover),
  };
}

async function listBudgets(configuration: Configuration, namespace: string): Promise<unknown> {
  try {
    return await new PolicyV1Api(configuration).listNamespacedPodDisruptionBudget({ namespace, limit: LIST_LIMIT });
  } catch (error) {
    if (!(error instanceof ApiException) || error.code !== 404) throw error; // a list is never "not found": the version is not served
    const older = { group: 'policy', version: 'v1beta1', plural: 'poddisruptionbudgets' };
    return await new CustomObjectsApi(configuration).listNamespacedCustomObject({ ...older, namespace, limit: LIST_LIMIT });
  }
}

const VERSIONS_AT_ONCE = 8;

/** Each version of each group is asked by itself: one whose own server does not answer leaves the others as they are. */
async function discover(c: Configuration): Promise<Discovery> {
  const [core, { groups }] = await Promise.all([new CoreV1Api(c).getAPIResources(), new ApisApi(c).getAPIVersions()]);
  const unanswered: { groupVersion: string; reason: string }[] = [];
  const limit = pLimit(VERSIONS_AT_ONCE);
  const listed = groups.flatMap(({ name, versions }) =>
    versions.map(({ version, groupVersion }) => ({ group: name, version, groupVersion })),
  );
  const kindsOf = async ({ group, version, groupVersion }: (typeof listed)[number]) => {
    try {
      return [await new CustomObjectsApi(c).getAPIResources({ group, version })];
    } catch (error) {
      const known = classifyKubernetesError(error);
      if (!(known instanceof ReadError)) throw known;
      unanswered.push({ groupVersion, reason: known.message });
      return [];
    }
  };
  const lists = (await Promise.all(listed.map((one) => limit(kindsOf, one)))).flat();
  const told = new Set(lists.map(({ groupVersion }) => groupVersion));
  return {
    resources: [core, ...lists],
    groups: groups.flatMap((group) => {
      const versions = group.versions.filter(({ groupVersion }) => told.has(groupVersion));
      return versions.length === 0 ? [] : [{ ...group, versions }];
    }),
    unanswered,
  };
}

async function listEndpoints(configuration: Configuration, namespace: string, service: string) {
  try {
    const labelSelector = `kubernetes.io/service-name=${service}`;
    const slices = new DiscoveryV1Api(configuration).listNamespacedEndpointSlice({ namespace, labelSelector, limit: LIST_LIMIT });
    return { kind: 'slices' as const, answer: whole('EndpointSlices', await slices) };
  } catch (error) {
    if (!(error instanceof ApiException) || error.code !== 404) throw error; // a list is never "not found": the version is not served
    const answer = await new CoreV1Api(configuration).readNamespacedEndpoints({ namespace, name: service });
    return { kind: 'endpoints' as const, answer };
  }
}

async function listAutoscalers(configuration: Configuration, namespace: string) {
  const what = { namespace, limit: LIST_LIMIT };
  try {
    const list = await new AutoscalingV2Api(configuration).listNamespacedHorizontalPodAutoscaler(what);
    return { version: 'v2' as const, list: whole('HorizontalPodAutoscalers', list) };
  } catch (error) {
    // a list is never "not found": 404 means that the cluster (before 1.23) does not serve the version
    if (!(error instanceof ApiException) || error.code !== 404) throw error;
    const list = await new AutoscalingV1Api(configuration).listNamespacedHorizontalPodAutoscaler(what);
    return { version: 'v1' as const, list: whole('HorizontalPodAutoscalers', list) };
  }
}

/** Of a list: the client's own types write `_continue`, custom objects come as the API has them. */
const Cut = z.object({
  metadata: z.union([z.object({ _continue: z.string().min(1) }), z.object({ continue: z.string().min(1) })]),
});

/** @throws ReadError where the list goes on */
function whole<List>(kind: string, list: List): List {
  if (!Cut.safeParse(list).success) return list;
  throw new ReadError('invalid-response', `There are more than ${LIST_LIMIT} ${kind}, which is more than the bot reads.`);
}

/** How a request goes out, where that is not as the client library does it. It authenticates by itself. */
type Transport = (config: KubeConfig) => PromiseHttpLibrary;

function configure(config: KubeConfig, signal: AbortSignal, transport?: Transport): Configuration {
  const server = config.getCurrentCluster()?.server ?? '';
  return createConfiguration({
    baseServer: new ServerConfiguration(server, {}),
    ...(transport === undefined ? { authMethods: { default: config } } : { httpApi: wrapHttpLibrary(transport(config)) }),
    promiseMiddleware: [
      {
        pre: async (context: RequestContext) => {
          context.setSignal(signal);
          return context;
        },
        post: async (context) => context,
      },
    ],
  });
}
