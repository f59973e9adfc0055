import { z } from 'zod';
import type { ServedVersion } from '../store/definition.ts';
import { isJsonObject, type KubeObject, metadataSchema, objectSchema } from '../store/object.ts';
import { conditionSchema } from './pod.ts';

const targetSchema = z.looseObject({
  type: z.string(),
  averageUtilization: z.number().int().optional(),
  averageValue: z.string().optional(),
});
const metricSchema = z.looseObject({
  type: z.string(),
  resource: z.looseObject({ name: z.string(), target: targetSchema }).optional(),
});
const currentMetricSchema = z.looseObject({
  type: z.string(),
  resource: z
    .looseObject({
      name: z.string(),
      current: z.looseObject({ averageUtilization: z.number().optional(), averageValue: z.string().optional() }),
    })
    .optional(),
});

const policySchema = z.looseObject({ type: z.enum(['Pods', 'Percent']), value: z.number().int(), periodSeconds: z.number().int() });
const rulesSchema = z.looseObject({
  stabilizationWindowSeconds: z.number().int().optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: z.array(policySchema).optional(),
});

const defaultMetrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];

export const autoscalerSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z
    .looseObject({
      scaleTargetRef: z.looseObject({ apiVersion: z.string().default('apps/v1'), kind: z.string(), name: z.string() }),
      minReplicas: z.number().int().min(1, 'must be greater than or equal to 1').default(1),
      maxReplicas: z.number().int().min(1, 'must be greater than 0'),
      metrics: z.array(metricSchema).default(defaultMetrics),
      behavior: z.looseObject({ scaleUp: rulesSchema.optional(), scaleDown: rulesSchema.optional() }).optional(),
    })
    .refine((spec) => spec.maxReplicas >= spec.minReplicas, {
      path: ['maxReplicas'],
      message: 'must be greater than or equal to `minReplicas`',
    }),
  status: z
    .looseObject({
      currentReplicas: z.number().int().optional(),
      desiredReplicas: z.number().int().default(0),
      lastScaleTime: z.string().optional(),
      observedGeneration: z.number().int().optional(),
      currentMetrics: z.array(currentMetricSchema).optional(),
      conditions: z.array(conditionSchema).optional(),
    })
    .prefault({}),
});
export type Autoscaler = z.infer<typeof autoscalerSchema>;

const annotations = {
  conditions: 'autoscaling.alpha.kubernetes.io/conditions',
  currentMetrics: 'autoscaling.alpha.kubernetes.io/current-metrics',
};

/**
 * autoscaling/v1 shows the CPU target and its current value as plain fields, and conditions and current metrics as
 * annotations of JSON text (kubernetes pkg/apis/autoscaling/v1/conversion.go). A write through it keeps what it cannot show.
 */
export const autoscalingV1: ServedVersion = {
  group: 'autoscaling',
  version: 'v1',
  toWire: (object) => {
    const autoscaler = autoscalerSchema.parse(object);
    const { spec, status } = autoscaler;
    const cpu = spec.metrics.find((metric) => metric.resource?.name === 'cpu')?.resource?.target.averageUtilization;
    const currentCpu = status.currentMetrics?.find((metric) => metric.resource?.name === 'cpu')?.resource?.current.averageUtilization;
    return {
      ...autoscaler,
      apiVersion: 'autoscaling/v1',
      metadata: { ...autoscaler.metadata, annotations: { ...autoscaler.metadata.annotations, ...statusAnnotations(autoscaler) } },
      spec: {
        maxReplicas: spec.maxReplicas,
        minReplicas: spec.minReplicas,
        scaleTargetRef: spec.scaleTargetRef,
        ...(cpu === undefined ? {} : { targetCPUUtilizationPercentage: cpu }),
      },
      status: {
        currentReplicas: status.currentReplicas ?? 0,
        desiredReplicas: status.desiredReplicas,
        ...(status.lastScaleTime === undefined ? {} : { lastScaleTime: status.lastScaleTime }),
        ...(currentCpu === undefined ? {} : { currentCPUUtilizationPercentage: currentCpu }),
      },
    };
  },
  fromWire: (wire) => {
    if (!isJsonObject(wire) || !isJsonObject(wire.spec)) return wire;
    const { targetCPUUtilizationPercentage: cpu, ...spec } = wire.spec;
    const target = { type: 'Utilization', averageUtilization: cpu };
    const metrics = cpu === undefined ? {} : { metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }] };
    return {
      ...wire,
      apiVersion: 'autoscaling/v2',
      metadata: withoutStatusAnnotations(wire.metadata),
      spec: { ...spec, ...metrics },
      status: {},
    };
  },
};

function statusAnnotations({ status }: Autoscaler): Record<string, string> {
  return {
    ...(status.conditions === undefined ? {} : { [annotations.conditions]: JSON.stringify(status.conditions) }),
    ...(status.currentMetrics === undefined ? {} : { [annotations.currentMetrics]: JSON.stringify(status.currentMetrics.map(metricOfV1)) }),
  };
}

function metricOfV1(metric: NonNullable<Autoscaler['status']['currentMetrics']>[number]): unknown {
  if (metric.resource === undefined) return metric;
  const { name, current } = metric.resource;
  return {
    type: metric.type,
    resource: {
      name,
      ...(current.averageUtilization === undefined ? {} : { currentAverageUtilization: current.averageUtilization }),
      ...(current.averageValue === undefined ? {} : { currentAverageValue: current.averageValue }),
    },
  };
}

function withoutStatusAnnotations(metadata: unknown): unknown {
  if (!isJsonObject(metadata) || !isJsonObject(metadata.annotations)) return metadata;
  const kept = Object.entries(metadata.annotations).filter(([key]) => key !== annotations.conditions && key !== annotations.currentMetrics);
  const { annotations: _all, ...rest } = metadata;
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}

/** Whether the object is the one that the autoscaler scales. */
export function isScaledBy(autoscaler: Autoscaler, target: KubeObject): boolean {
  const { kind, name } = autoscaler.spec.scaleTargetRef;
  return kind === target.kind && name === target.metadata.name && autoscaler.metadata.namespace === target.metadata.namespace;
}
