import {
  ApiException,
  AppsV1Api,
  AutoscalingV1Api,
  AutoscalingV2Api,
  type Configuration,
  PatchStrategy,
  setHeaderOptions,
} from '@kubernetes/client-node';
import { z } from 'zod';
import { call, configureWriter, FIELD_MANAGER, type WriterOptions } from './kubernetes-connection.ts';
import { type MonitorWriter, monitorWriter } from './kubernetes-monitor-write.ts';
import { type PodWriter, podWriter } from './kubernetes-pod-write.ts';
import { type RevisionWriter, revisionWriter } from './kubernetes-revision-write.ts';
import { readKubernetesStatus } from './kubernetes-status.ts';

/** JSON Patch (RFC 6902), in the operations that the executor uses. */
export type PatchOperation =
  | { readonly op: 'test' | 'replace' | 'add'; readonly path: string; readonly value: unknown }
  | { readonly op: 'remove'; readonly path: string };

export interface ObjectName {
  readonly namespace: string;
  readonly name: string;
}

export interface PatchRequest extends ObjectName {
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

export type { MonitorObject } from './kubernetes-monitor-write.ts';

/** What the executor may ask of the cluster, with the identity that may change things. Reads are for reading back what was written. */
export interface KubernetesWriter extends RevisionWriter, PodWriter, MonitorWriter {
  patchScale(request: PatchRequest): Promise<ScaleObject>;
  patchDeployment(request: PatchRequest): Promise<DeploymentObject>;
  patchAutoscaler(request: PatchRequest): Promise<AutoscalerObject>;
  readDeployment(name: ObjectName): Promise<DeploymentObject>;
  readAutoscaler(name: ObjectName): Promise<AutoscalerObject>;
}

/**
 * Connects with the identity of the context that may change things, at the first call.
 */
export function connectKubernetesWriter(options: WriterOptions): KubernetesWriter {
  let configuration: Configuration | undefined;
  const connection = () => {
    configuration ??= configureWriter(options);
    return configuration;
  };
  const connected = () => {
    const configuration = connection();
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
    ...revisionWriter(connection),
    ...podWriter(connection),
    ...monitorWriter(connection),
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
