import type { LimitRange, Quota } from '../kinds/cluster.ts';
import type { Pod } from '../kinds/pod.ts';
import { podSchema } from '../kinds/pod.ts';
import { formatResource, quantity } from '../quantity.ts';
import { forbidden } from '../store/api-error.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import type { ResourceDefinition } from '../store/definition.ts';
import { type KubeObject, pruned } from '../store/object.ts';
import { parseObject } from '../store/validate.ts';
import { podDemand, quotaUse } from './pod-demand.ts';

/** Admission of a new object: pods get defaults from limit ranges and must fit the quotas. Throws 403 as the plugins do. */
export function admit(store: ClusterStore, definition: ResourceDefinition<KubeObject>, input: unknown): unknown {
  return definition.kind === 'Pod' ? admitPod(store, input) : input;
}

/** A pod as the limit ranges complete it. Throws 403 when it breaks a limit range or a quota. */
export function admitPod(store: ClusterStore, input: unknown): Pod {
  const pod = parseObject({ ...store.pods.definition, schema: podSchema }, withEnvelope(pruned(input)));
  const { namespace = '' } = pod.metadata;
  for (const range of store.limitranges.list(namespace)) applyLimitRange(store, pod, range);
  for (const container of [...pod.spec.containers, ...(pod.spec.initContainers ?? [])]) {
    const { limits } = container.resources;
    if (limits) container.resources.requests = { ...limits, ...container.resources.requests };
  }
  for (const quota of store.resourcequotas.list(namespace)) checkQuota(store, pod, quota);
  return pod;
}

function withEnvelope(input: unknown): unknown {
  return typeof input === 'object' && input !== null ? { apiVersion: 'v1', kind: 'Pod', ...input } : input;
}

function applyLimitRange(store: ClusterStore, pod: Pod, range: LimitRange): void {
  for (const rule of range.spec.limits.filter(({ type }) => type === 'Container')) {
    for (const container of pod.spec.containers) {
      const { resources } = container;
      const limits = { ...rule.default, ...resources.limits };
      const requests = { ...rule.defaultRequest, ...resources.limits, ...resources.requests };
      if (Object.keys(limits).length > 0) resources.limits = limits;
      if (Object.keys(requests).length > 0) resources.requests = requests;
      for (const [name, maximum] of Object.entries(rule.max ?? {})) {
        const limit = limits[name];
        if (limit !== undefined && quantity(limit) > quantity(maximum)) {
          throw forbidden(
            store.pods.definition,
            pod.metadata.name,
            `maximum ${name} usage per Container is ${maximum}, but limit is ${limit}`,
          );
        }
      }
      for (const [name, minimum] of Object.entries(rule.min ?? {})) {
        const request = requests[name];
        if (request !== undefined && quantity(request) < quantity(minimum)) {
          throw forbidden(
            store.pods.definition,
            pod.metadata.name,
            `minimum ${name} usage per Container is ${minimum}, but request is ${request}`,
          );
        }
      }
    }
  }
}

function checkQuota(store: ClusterStore, pod: Pod, quota: Quota): void {
  const hard = quota.spec.hard ?? {};
  const demand = podDemand(pod);
  const used = quotaUse(store, pod.metadata.namespace ?? '');
  const { name } = quota.metadata;
  const unstated = Object.keys(hard).filter(
    (resource) => /^(requests|limits)\.(cpu|memory)$/.test(resource) && demand[resource] === undefined,
  );
  if (unstated.length > 0)
    throw forbidden(store.pods.definition, pod.metadata.name, `failed quota: ${name}: must specify ${unstated.sort().join(',')}`);
  const exceeded = Object.keys(hard)
    .filter((resource) => {
      const asked = demand[resource];
      return asked !== undefined && asked > 0 && (used[resource] ?? 0) + asked > quantity(hard[resource] ?? '0') + 1e-9;
    })
    .sort();
  if (exceeded.length === 0) return;
  const listed = (amount: (resource: string) => string): string => exceeded.map((resource) => `${resource}=${amount(resource)}`).join(',');
  const problem = [
    `exceeded quota: ${name}`,
    `requested: ${listed((resource) => formatResource(resource, demand[resource] ?? 0))}`,
    `used: ${listed((resource) => formatResource(resource, used[resource] ?? 0))}`,
    `limited: ${listed((resource) => hard[resource] ?? '0')}`,
  ];
  throw forbidden(store.pods.definition, pod.metadata.name, problem.join(', '));
}
