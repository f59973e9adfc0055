import type { ServedVersion } from '../store/definition.ts';
import { isJsonObject, type JsonObject } from '../store/object.ts';
import { type Autoscaler, autoscalerSchema } from './autoscaler.ts';

const prefix = 'autoscaling.alpha.kubernetes.io/';
const annotations = {
  conditions: `${prefix}conditions`,
  currentMetrics: `${prefix}current-metrics`,
  metrics: `${prefix}metrics`,
  behavior: `${prefix}behavior`,
};

type Metric = Autoscaler['spec']['metrics'][number];
type CurrentMetric = NonNullable<Autoscaler['status']['currentMetrics']>[number];

/**
 * autoscaling/v1 shows the CPU target and its current value as plain fields; other metrics, behavior, conditions and
 * current metrics travel as annotations of JSON text (kubernetes pkg/apis/autoscaling/v1/conversion.go).
 */
export const autoscalingV1: ServedVersion = {
  group: 'autoscaling',
  version: 'v1',
  toWire: (object) => {
    const autoscaler = autoscalerSchema.parse(object);
    const { spec, status } = autoscaler;
    const cpu = spec.metrics.find(isCpu)?.resource?.target.averageUtilization;
    const currentCpu = status.currentMetrics?.find((metric) => metric.resource?.name === 'cpu')?.resource?.current.averageUtilization;
    return {
      ...autoscaler,
      apiVersion: 'autoscaling/v1',
      metadata: withAnnotations(autoscaler),
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
    const metadata: JsonObject = isJsonObject(wire.metadata) ? wire.metadata : {};
    const noted: JsonObject = isJsonObject(metadata.annotations) ? metadata.annotations : {};
    const { targetCPUUtilizationPercentage: cpu, ...spec } = wire.spec;
    const cpuMetric = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: cpu } } };
    const others = parsedList(noted[annotations.metrics]).map(metricFromV1);
    const metrics = [...others, ...(cpu === undefined ? [] : [cpuMetric])];
    const behavior = parsed(noted[annotations.behavior]);
    return {
      ...wire,
      apiVersion: 'autoscaling/v2',
      metadata: withoutAnnotations(metadata, noted),
      spec: { ...spec, ...(metrics.length === 0 ? {} : { metrics }), ...(behavior === undefined ? {} : { behavior }) },
      status: {},
    };
  },
};

function isCpu(metric: Metric): boolean {
  return metric.resource?.name === 'cpu' && metric.resource.target.averageUtilization !== undefined;
}

function withAnnotations({ metadata, spec, status }: Autoscaler): Autoscaler['metadata'] {
  const others = spec.metrics.filter((metric) => !isCpu(metric)).map(metricOfV1);
  const all = {
    ...metadata.annotations,
    ...(others.length === 0 ? {} : { [annotations.metrics]: JSON.stringify(others) }),
    ...(spec.behavior === undefined ? {} : { [annotations.behavior]: JSON.stringify(spec.behavior) }),
    ...(status.conditions === undefined ? {} : { [annotations.conditions]: JSON.stringify(status.conditions) }),
    ...(status.currentMetrics === undefined
      ? {}
      : { [annotations.currentMetrics]: JSON.stringify(status.currentMetrics.map(currentOfV1)) }),
  };
  return Object.keys(all).length === 0 ? metadata : { ...metadata, annotations: all };
}

function metricOfV1(metric: Metric): unknown {
  if (metric.resource === undefined) return metric;
  const { name, target } = metric.resource;
  const { averageUtilization: targetAverageUtilization, averageValue: targetAverageValue } = target;
  return { type: metric.type, resource: { name, targetAverageUtilization, targetAverageValue } };
}

function metricFromV1(metric: unknown): unknown {
  if (!isJsonObject(metric) || !isJsonObject(metric.resource)) return metric;
  const { name, targetAverageUtilization: averageUtilization, targetAverageValue: averageValue } = metric.resource;
  const type = averageUtilization === undefined ? 'AverageValue' : 'Utilization';
  return { type: metric.type, resource: { name, target: { type, averageUtilization, averageValue } } };
}

function currentOfV1(metric: CurrentMetric): unknown {
  if (metric.resource === undefined) return metric;
  const { name, current } = metric.resource;
  const { averageUtilization: currentAverageUtilization, averageValue: currentAverageValue } = current;
  return { type: metric.type, resource: { name, currentAverageUtilization, currentAverageValue } };
}

function parsed(text: unknown): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // An annotation that somebody else wrote under this name says nothing.
    return undefined;
  }
}

function parsedList(text: unknown): unknown[] {
  const list = parsed(text);
  return Array.isArray(list) ? list : [];
}

function withoutAnnotations(metadata: JsonObject, noted: JsonObject): JsonObject {
  const own: string[] = Object.values(annotations);
  const kept = Object.entries(noted).filter(([key]) => !own.includes(key));
  const { annotations: _all, ...rest } = metadata;
  return kept.length === 0 ? rest : { ...rest, annotations: Object.fromEntries(kept) };
}
