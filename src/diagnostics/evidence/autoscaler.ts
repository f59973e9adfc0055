import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';

const Condition = z.object({ type: z.string(), status: z.string(), reason: z.string().default(''), message: z.string().default('') });
const Reference = z.object({ kind: z.string(), name: z.string() });
const Metadata = z.object({ name: z.string(), uid: z.string(), annotations: z.record(z.string(), z.string()).default({}) });
const Status = z.object({ currentReplicas: z.number().default(0), desiredReplicas: z.number().default(0) });
const ResourceTarget = z.object({ type: z.string(), averageUtilization: z.number().nullish() });
const ResourceStatus = z.object({ averageUtilization: z.number().nullish() });
const V2 = z.object({
  items: z.array(
    z.object({
      metadata: Metadata,
      spec: z.object({
        scaleTargetRef: Reference,
        minReplicas: z.number().default(1),
        maxReplicas: z.number(),
        metrics: z
          .array(z.object({ type: z.string(), resource: z.object({ name: z.string(), target: ResourceTarget }).nullish() }))
          .default([]),
      }),
      status: Status.extend({
        conditions: z.array(Condition).nullish(),
        currentMetrics: z
          .array(z.object({ type: z.string(), resource: z.object({ name: z.string(), current: ResourceStatus }).nullish() }))
          .nullish(),
      }).prefault({}),
    }),
  ),
});
const V1 = z.object({
  items: z.array(
    z.object({
      metadata: Metadata,
      spec: z.object({
        scaleTargetRef: Reference,
        minReplicas: z.number().default(1),
        maxReplicas: z.number(),
        targetCPUUtilizationPercentage: z.number().nullish(),
      }),
      status: Status.extend({ currentCPUUtilizationPercentage: z.number().nullish() }).prefault({}),
    }),
  ),
});
/** autoscaling/v1 keeps the conditions of v2 as JSON in an annotation. */
const V1_CONDITIONS = 'autoscaling.alpha.kubernetes.io/conditions';

export interface Autoscaler {
  readonly name: string;
  readonly uid: string;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly currentReplicas: number;
  readonly desiredReplicas: number;
  readonly conditions: readonly { readonly type: string; readonly status: string; readonly reason: string; readonly message: string }[];
  /** Percent of the request. */
  readonly cpuTargetPercent: number | null;
  readonly cpuCurrentPercent: number | null;
  /** The same of memory; null where it does not go by memory, or autoscaling/v1 does not say. */
  readonly memoryTargetPercent: number | null;
  readonly memoryCurrentPercent: number | null;
}

/** The autoscaler that owns the Deployment's replicas; null where there is none. */
export const autoscaler = defineSource<Autoscaler | null>({
  id: 'k8s.hpa',
  title: 'Autoscaler',
  permission: 'Role rule {apiGroups: ["autoscaling"], resources: ["horizontalpodautoscalers"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'get hpa -o yaml'),
  async collect({ target, clients, signal }) {
    const { namespace, deployment } = target.kubernetes;
    const answer = await clients.kubernetes.autoscalers(namespace, signal);
    const all = answer.version === 'v2' ? readV2(answer.list) : readV1(answer.list);
    const own = all.filter(({ reference }) => reference.kind === 'Deployment' && reference.name === deployment);
    const names = own.map((one) => one.name);
    if (names.length > 1)
      throw new ReadError('invalid-response', `Several autoscalers fight over the Deployment: ${names.join(', ')}.`, {
        mend: 'Delete all but one of them.',
      });
    const [found] = own;
    if (found === undefined) return { data: null, complete: true };
    const { reference: _, ...data } = found;
    return { data, complete: true, asked: kubectl(target, `get hpa ${found.name} -o yaml`) };
  },
});

type WithReference = Autoscaler & { readonly reference: z.output<typeof Reference> };

function readV2(list: unknown): WithReference[] {
  return parseAnswer(V2, list, 'The list of autoscalers').items.map(({ metadata, spec, status }) => ({
    reference: spec.scaleTargetRef,
    name: metadata.name,
    uid: metadata.uid,
    minReplicas: spec.minReplicas,
    maxReplicas: spec.maxReplicas,
    currentReplicas: status.currentReplicas,
    desiredReplicas: status.desiredReplicas,
    conditions: status.conditions ?? [],
    cpuTargetPercent: targetOf(spec.metrics, 'cpu'),
    cpuCurrentPercent: currentOf(status.currentMetrics ?? [], 'cpu'),
    memoryTargetPercent: targetOf(spec.metrics, 'memory'),
    memoryCurrentPercent: currentOf(status.currentMetrics ?? [], 'memory'),
  }));
}

type Metrics = z.output<typeof V2>['items'][number]['spec']['metrics'];
type Current = NonNullable<z.output<typeof V2>['items'][number]['status']['currentMetrics']>;

function targetOf(metrics: Metrics, name: string): number | null {
  return metrics.find(({ resource }) => resource?.name === name)?.resource?.target.averageUtilization ?? null;
}

function currentOf(metrics: Current, name: string): number | null {
  return metrics.find(({ resource }) => resource?.name === name)?.resource?.current.averageUtilization ?? null;
}

function readV1(list: unknown): WithReference[] {
  return parseAnswer(V1, list, 'The list of autoscalers').items.map(({ metadata, spec, status }) => ({
    reference: spec.scaleTargetRef,
    name: metadata.name,
    uid: metadata.uid,
    minReplicas: spec.minReplicas,
    maxReplicas: spec.maxReplicas,
    currentReplicas: status.currentReplicas,
    desiredReplicas: status.desiredReplicas,
    conditions: readConditions(metadata.annotations[V1_CONDITIONS]),
    cpuTargetPercent: spec.targetCPUUtilizationPercentage ?? null,
    cpuCurrentPercent: status.currentCPUUtilizationPercentage ?? null,
    memoryTargetPercent: null,
    memoryCurrentPercent: null,
  }));
}

function readConditions(json: string | undefined): z.output<typeof Condition>[] {
  if (json === undefined) return [];
  try {
    return z.array(Condition).catch([]).parse(JSON.parse(json));
  } catch {
    return []; // an annotation that is no JSON says nothing about the autoscaler
  }
}
