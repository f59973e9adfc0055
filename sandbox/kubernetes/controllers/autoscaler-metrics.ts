import type { PodUsage } from '../api/context.ts';
import { type Container, type Pod, podCondition } from '../kinds/pod.ts';
import { quantity } from '../quantity.ts';

export type ResourceKind = 'cpu' | 'memory';

export interface Proposal {
  readonly replicas: number;
  /** Percent of the requests, over the pods that were measured. */
  readonly utilization: number;
  /** Cores or bytes a pod. */
  readonly average: number;
}

export interface Measured {
  readonly pods: readonly Pod[];
  readonly usage: readonly PodUsage[];
  readonly currentReplicas: number;
  readonly targetUtilization: number;
  readonly resource: ResourceKind;
  readonly tolerance: number;
  readonly now: Date;
  /** How long a young pod's CPU is not trusted, in ms. */
  readonly initializationMs: number;
}

interface Reading {
  readonly pod: Pod;
  readonly used: number;
  readonly requested: number;
}

/**
 * How many replicas a utilization target asks for, as kubernetes pkg/controller/podautoscaler/replica_calculator.go:
 * unready pods count nothing and pods without metrics are assumed to make the change smaller. Throws an Error whose
 * message is the controller's where it cannot be told.
 */
export function proposeReplicas(measured: Measured): Proposal {
  const { pods, usage, currentReplicas, resource } = measured;
  if (usage.length === 0) throw new Error(`unable to get metrics for resource ${resource}: no metrics returned from resource metrics API`);
  if (pods.length === 0) throw new Error('no pods returned by selector while calculating replica count');
  const counted = pods.filter(({ metadata, status }) => metadata.deletionTimestamp === undefined && status.phase !== 'Failed');
  const groups = Map.groupBy(counted, (pod) => groupOf(pod, measured));
  const requests = new Map(counted.map((pod) => [pod, requestOf(pod, resource)]));
  const reading = (pod: Pod, used: number): Reading => ({ pod, used, requested: requests.get(pod) ?? 0 });
  const ready = (groups.get('ready') ?? []).map((pod) => reading(pod, usedBy(usageOf(pod, usage), resource)));
  if (ready.length === 0) throw new Error('did not receive metrics for any ready pods');
  const ratio = ratioOf(ready, measured.targetUtilization);
  const total = sum(ready, ({ used }) => used);
  const seen = { utilization: Math.floor((100 * total) / sum(ready, ({ requested }) => requested) + 1e-6), average: total / ready.length };
  const missing = groups.get('missing') ?? [];
  const unready = ratio > 1 ? (groups.get('unready') ?? []) : [];
  const assumed = [
    ...missing.map((pod) => reading(pod, ratio < 1 ? (requests.get(pod) ?? 0) : 0)),
    ...unready.map((pod) => reading(pod, 0)),
  ];
  const all = [...ready, ...assumed];
  return {
    ...seen,
    replicas: replicasFor(ratio, ratioOf(all, measured.targetUtilization), all.length, currentReplicas, measured.tolerance),
  };
}

function replicasFor(first: number, corrected: number, count: number, current: number, tolerance: number): number {
  const turned = (first < 1 && corrected > 1) || (first > 1 && corrected < 1);
  if (Math.abs(1 - corrected) <= tolerance || turned) return current;
  const wanted = Math.ceil(corrected * count);
  const againstItself = (corrected < 1 && wanted > current) || (corrected > 1 && wanted < current);
  return againstItself ? current : wanted;
}

function groupOf(pod: Pod, { usage, resource, now, initializationMs }: Measured): 'ready' | 'unready' | 'missing' {
  if (pod.status.phase === 'Pending') return 'unready';
  const found = usage.find((item) => isOf(pod, item));
  if (!found) return 'missing';
  if (resource !== 'cpu') return 'ready';
  const condition = podCondition(pod, 'Ready');
  if (condition === undefined || pod.status.startTime === undefined) return 'unready';
  const since = Date.parse(condition.lastTransitionTime ?? '');
  const young = Date.parse(pod.status.startTime) + initializationMs > now.getTime();
  const untrusted = young && found.at.getTime() < since + found.windowMs;
  return condition.status === 'False' || untrusted ? 'unready' : 'ready';
}

function isOf(pod: Pod, usage: PodUsage): boolean {
  return usage.name === pod.metadata.name && usage.namespace === pod.metadata.namespace;
}

function usageOf(pod: Pod, usage: readonly PodUsage[]): PodUsage | undefined {
  return usage.find((item) => isOf(pod, item));
}

function usedBy(usage: PodUsage | undefined, resource: ResourceKind): number {
  return sum(usage?.containers ?? [], ({ cores, bytes }) =>
    resource === 'cpu' ? Math.ceil(cores * 1000 - 1e-6) / 1000 : Math.ceil(bytes),
  );
}

function requestOf(pod: Pod, resource: ResourceKind): number {
  return sum(pod.spec.containers, (container) => containerRequest(container, pod, resource));
}

function containerRequest(container: Container, pod: Pod, resource: ResourceKind): number {
  const stated = container.resources.requests?.[resource];
  if (stated === undefined) throw new Error(`missing request for ${resource} in container ${container.name} of Pod ${pod.metadata.name}`);
  return quantity(stated);
}

function ratioOf(readings: readonly Reading[], target: number): number {
  return (100 * sum(readings, ({ used }) => used)) / sum(readings, ({ requested }) => requested) / target;
}

function sum<T>(items: readonly T[], of: (item: T) => number): number {
  return items.reduce((total, item) => total + of(item), 0);
}
