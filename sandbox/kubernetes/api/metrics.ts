import { notFound } from '../store/api-error.ts';
import { kubeTime } from '../store/object.ts';
import { type Answer, json, pageNotFound } from './answer.ts';
import type { ApiContext, NodeUsage, PodUsage } from './context.ts';
import type { ApiRequest, ResourceRequest } from './request.ts';
import { parseLabelSelector } from './selectors.ts';

const apiVersion = 'metrics.k8s.io/v1beta1';

/** Serves metrics.k8s.io: what metrics-server sampled last. */
export function resourceMetrics(context: ApiContext, request: ApiRequest, what: ResourceRequest): Answer {
  if (what.plural === 'pods') return podMetrics(context.metrics.pods(), request, what);
  if (what.plural === 'nodes') return nodeMetrics(context.metrics.nodes(), what);
  return pageNotFound;
}

function podMetrics(all: readonly PodUsage[], request: ApiRequest, what: ResourceRequest): Answer {
  const group = { group: 'metrics.k8s.io', plural: 'pods' };
  if (what.name !== '') {
    const one = all.find((usage) => usage.namespace === what.namespace && usage.name === what.name);
    if (!one) throw notFound(group, `${what.namespace}/${what.name}`);
    return json(podItem(one));
  }
  const byLabel = parseLabelSelector(request.query.get('labelSelector') ?? '');
  const items = all
    .filter((usage) => (what.namespace === '' || usage.namespace === what.namespace) && byLabel(usage.labels))
    .map(podItem)
    .map(bare);
  return json({ kind: 'PodMetricsList', apiVersion, metadata: {}, items });
}

/** Items of a list carry neither kind nor apiVersion. */
function bare({ kind: _kind, apiVersion: _apiVersion, ...item }: { readonly kind: string; readonly apiVersion: string }): object {
  return item;
}

function podItem(usage: PodUsage) {
  const { name, namespace, labels, at } = usage;
  return {
    kind: 'PodMetrics',
    apiVersion,
    metadata: { name, namespace, creationTimestamp: kubeTime(at), labels },
    timestamp: kubeTime(at),
    window: goDuration(usage.windowMs),
    containers: usage.containers.map((container) => ({ name: container.name, usage: amounts(container) })),
  };
}

function nodeMetrics(all: readonly NodeUsage[], what: ResourceRequest): Answer {
  const items = all.map((usage) => ({
    kind: 'NodeMetrics',
    apiVersion,
    metadata: { name: usage.name, creationTimestamp: kubeTime(usage.at) },
    timestamp: kubeTime(usage.at),
    window: goDuration(usage.windowMs),
    usage: amounts(usage),
  }));
  if (what.name === '') return json({ kind: 'NodeMetricsList', apiVersion, metadata: {}, items: items.map(bare) });
  const one = items.find((item) => item.metadata.name === what.name);
  if (!one) throw notFound({ group: 'metrics.k8s.io', plural: 'nodes' }, what.name);
  return json(one);
}

/** metrics-server writes nanocores and kibibytes. */
function amounts(usage: { readonly cores: number; readonly bytes: number }): { cpu: string; memory: string } {
  return { cpu: `${Math.round(usage.cores * 1e9)}n`, memory: `${Math.round(usage.bytes / 1024)}Ki` };
}

function goDuration(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)}ms` : `${Number((ms / 1000).toFixed(3))}s`;
}
