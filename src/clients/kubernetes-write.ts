import {
  ApiException,
  AppsV1Api,
  AutoscalingV1Api,
  AutoscalingV2Api,
  type Configuration,
  createConfiguration,
  KubeConfig,
  PatchStrategy,
  ServerConfiguration,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { z } from 'zod';
import { readKubernetesStatus } from './kubernetes-status.ts';
import { WriteRefusedError, WriteUncertainError } from './write-errors.ts';

/** JSON Patch (RFC 6902), in the operations that the executor uses. */
export type PatchOperation =
  | { readonly op: 'test' | 'replace' | 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

interface PatchRequest extends ObjectName {
  readonly operations: readonly PatchOperation[];
  /** The server answers with what would be, and changes nothing. */
  readonly dryRun: boolean;
}

const Replicas = z.number().int().default(0);
const Metadata = z.object({ uid: z.string(), name: z.string(), generation: z.number().default(0) });
const Scale = z.object({
  metadata: z.object({ uid: z.string(), name: z.string() }),
  spec: z.object({ replicas: Replicas }).default({ replicas: 0 }),
});
const Condition = z.object({ type: z.string(), status: z.string(), reason: z.string().optional(), message: z.string().optional() });
const Quantities = z.record(z.string(), z.string()).default({});
/** Values of variables may be secret: they are read to be changed, and never handed on. */
const Container = z.object({
  name: z.string(),
  resources: z.object({ limits: Quantities, requests: Quantities }).prefault({}),
  env: z.array(z.object({ name: z.string(), value: z.string().optional(), valueFrom: z.unknown().optional() })).default([]),
});
const Deployment = z.object({
  metadata: Metadata,
  spec: z.object({
    replicas: z.number().int().default(1),
    paused: z.boolean().default(false),
    template: z.object({
      metadata: z.object({ annotations: z.record(z.string(), z.string()).optional() }).optional(),
      spec: z.object({ containers: z.array(Container).default([]) }).prefault({}),
    }),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: Replicas,
      updatedReplicas: Replicas,
      readyReplicas: Replicas,
      availableReplicas: Replicas,
      conditions: z.array(Condition).default([]),
    })
    .prefault({}),
});
const Autoscaler = z.object({
  metadata: Metadata,
  spec: z.object({ minReplicas: z.number().int().default(1), maxReplicas: z.number().int() }),
  status: z.object({ currentReplicas: Replicas, desiredReplicas: Replicas }).prefault({}),
});

export type ScaleObject = z.infer<typeof Scale>;
export type DeploymentObject = z.infer<typeof Deployment>;
export type ContainerObject = z.infer<typeof Container>;
export type AutoscalerObject = z.infer<typeof Autoscaler>;

/** What the executor may ask of the cluster, with the identity that may change things. Reads are for reading back what was written. */
export interface KubernetesWriter {
  patchScale(request: PatchRequest): Promise<ScaleObject>;
  patchDeployment(request: PatchRequest): Promise<DeploymentObject>;
  patchAutoscaler(request: PatchRequest): Promise<AutoscalerObject>;
  readDeployment(name: ObjectName): Promise<DeploymentObject>;
  readAutoscaler(name: ObjectName): Promise<AutoscalerObject>;
}

const FIELD_MANAGER = 'hotswap-bot';

/**
 * Connects with the identity of the context that may change things, at the first call.
 * @param options.kubeconfig path; left out: the pod's service account or ~/.kube/config.
 */
export function connectKubernetesWriter(options: {
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
  readonly timeoutMs: number;
}): KubernetesWriter {
  let configuration: Configuration | undefined;
  const connected = () => {
    configuration ??= configure(options);
    return { apps: new AppsV1Api(configuration), v2: new AutoscalingV2Api(configuration), v1: new AutoscalingV1Api(configuration) };
  };
  const jsonPatch = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch);
  const patch = ({ namespace, name, operations, dryRun }: PatchRequest) => ({
    namespace,
    name,
    body: operations,
    fieldManager: FIELD_MANAGER,
    ...(dryRun ? { dryRun: 'All' } : {}),
  });
  return {
    patchScale: (request) =>
      call(async () => Scale.parse(await connected().apps.patchNamespacedDeploymentScale(patch(request), jsonPatch))),
    patchDeployment: (request) =>
      call(async () => Deployment.parse(await connected().apps.patchNamespacedDeployment(patch(request), jsonPatch))),
    patchAutoscaler: (request) =>
      call(async () => {
        const { v2, v1 } = connected();
        return Autoscaler.parse(
          await ofServedVersion(
            () => v2.patchNamespacedHorizontalPodAutoscaler(patch(request), jsonPatch),
            () => v1.patchNamespacedHorizontalPodAutoscaler(patch(request), jsonPatch),
          ),
        );
      }),
    readDeployment: (name) => call(async () => Deployment.parse(await connected().apps.readNamespacedDeployment(name))),
    readAutoscaler: (name) =>
      call(async () => {
        const { v2, v1 } = connected();
        return Autoscaler.parse(
          await ofServedVersion(
            () => v2.readNamespacedHorizontalPodAutoscaler(name),
            () => v1.readNamespacedHorizontalPodAutoscaler(name),
          ),
        );
      }),
  };
}

/**
 * Asks autoscaling/v2, and v1 where the cluster (before 1.23) serves no v2. The bounds stand at the same paths in both.
 * A version that is not there changes nothing, so that asking again is safe.
 */
async function ofServedVersion<Answer, Older>(v2: () => Promise<Answer>, v1: () => Promise<Older>): Promise<Answer | Older> {
  try {
    return await v2();
  } catch (error) {
    if (!(error instanceof ApiException) || error.code !== 404 || readKubernetesStatus(error.body).namesObject) throw error;
    return await v1();
  }
}

function configure(options: Parameters<typeof connectKubernetesWriter>[0]): Configuration {
  const config = new KubeConfig();
  try {
    if (options.kubeconfig === undefined) config.loadFromDefault();
    else config.loadFromFile(options.kubeconfig);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown reason';
    throw new WriteRefusedError('unreachable', `The kubeconfig cannot be read: ${reason}.`, { cause: error });
  }
  if (options.context !== undefined) config.setCurrentContext(options.context);
  const cluster = config.getCurrentCluster();
  if (cluster === null)
    throw new WriteRefusedError('unreachable', `The kubeconfig has no context "${config.getCurrentContext()}" with a cluster.`);
  return createConfiguration({
    baseServer: new ServerConfiguration(cluster.server, {}),
    authMethods: { default: config },
    promiseMiddleware: [
      {
        pre: async (context) => {
          context.setSignal(AbortSignal.timeout(options.timeoutMs));
          return context;
        },
        post: async (context) => context,
      },
    ],
  });
}

const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN']);

async function call<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (error) {
    throw classify(error);
  }
}

function classify(error: unknown): Error {
  if (error instanceof WriteRefusedError) return error;
  if (error instanceof ApiException)
    return classifyAnswer(error.code, readKubernetesStatus(error.body).message || String(error.body).slice(0, 300), error);
  if (error instanceof z.ZodError) return new WriteUncertainError('The Kubernetes API answered something unexpected.', { cause: error });
  const code = networkCode(error);
  if (code !== undefined && NEVER_ARRIVED.has(code))
    return new WriteRefusedError('unreachable', `The Kubernetes API could not be reached (${code}).`, { cause: error });
  const timedOut = error instanceof Error && error.name === 'TimeoutError';
  return new WriteUncertainError(timedOut ? 'The Kubernetes API did not answer in time.' : 'The connection to the Kubernetes API broke.', {
    cause: error,
  });
}

function classifyAnswer(status: number, message: string, cause: Error): Error {
  if (status === 422 || status === 409) return new WriteRefusedError('precondition', message, { cause });
  if (status === 401 || status === 403) return new WriteRefusedError('forbidden', message, { cause });
  if (status === 404) return new WriteRefusedError('gone', message, { cause });
  if (status < 500) return new WriteRefusedError('refused', message, { cause });
  return new WriteUncertainError(`The Kubernetes API answered ${status}: ${message}`, { cause });
}

function networkCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const cause = error.cause;
  return cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : undefined;
}
