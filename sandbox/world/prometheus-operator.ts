import { z } from 'zod';
import { selects } from '../kubernetes/api/selectors.ts';
import type { Service } from '../kubernetes/kinds/cluster.ts';
import type { Pod } from '../kubernetes/kinds/pod.ts';
import type { ClusterWorld } from '../kubernetes/world.ts';

/** A port of a pod that Prometheus is told to scrape. */
export interface ScrapedPort {
  readonly namespace: string;
  readonly pod: string;
  readonly service: string;
  /** The name of the Service's port, as the label `endpoint` shows it. */
  readonly endpoint: string;
  /** The port of the container. */
  readonly port: number;
  readonly path: string;
}

/** What the Prometheus of the sandbox takes up (its serviceMonitorSelector). */
export const MONITOR_LABELS = { release: 'prometheus-prod' } as const;

const Monitor = z.object({
  metadata: z.object({ namespace: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  spec: z.object({
    selector: z.looseObject({ matchLabels: z.record(z.string(), z.string()).optional() }).prefault({}),
    namespaceSelector: z.object({ any: z.boolean().default(false), matchNames: z.array(z.string()).default([]) }).prefault({}),
    endpoints: z.array(z.object({ port: z.string().default(''), path: z.string().default('/metrics') })).default([]),
  }),
});

/** What the Prometheus Operator makes of the ServiceMonitors: the pods behind the named ports of the Services that they select. */
export function scrapedPorts(cluster: Pick<ClusterWorld, 'list'>): readonly ScrapedPort[] {
  const monitors = cluster.list('servicemonitors').map((monitor) => Monitor.parse(monitor));
  return monitors
    .filter(({ metadata }) => selects({ matchLabels: MONITOR_LABELS }, metadata.labels))
    .flatMap((monitor) => portsOf(cluster, monitor));
}

function portsOf(cluster: Pick<ClusterWorld, 'list'>, { metadata, spec }: z.output<typeof Monitor>): readonly ScrapedPort[] {
  const { any, matchNames } = spec.namespaceSelector;
  const namespaces = matchNames.length > 0 ? matchNames : [metadata.namespace];
  const services = cluster
    .list('services')
    .filter((service) => (any || namespaces.includes(service.metadata.namespace ?? '')) && selects(spec.selector, service.metadata.labels));
  return services.flatMap((service) => spec.endpoints.flatMap((endpoint) => podsBehind(cluster, service, endpoint)));
}

function podsBehind(
  cluster: Pick<ClusterWorld, 'list'>,
  service: Service,
  endpoint: { readonly port: string; readonly path: string },
): readonly ScrapedPort[] {
  const named = service.spec.ports?.find(({ name }) => name !== undefined && name === endpoint.port);
  const { name, namespace = '' } = service.metadata;
  if (named === undefined || service.spec.selector === undefined) return [];
  return cluster
    .list('pods', namespace)
    .filter((pod) => pod.status.phase === 'Running' && selects({ matchLabels: service.spec.selector }, pod.metadata.labels))
    .map((pod) => ({
      namespace,
      pod: pod.metadata.name,
      service: name,
      endpoint: endpoint.port,
      port: containerPort(pod, named.targetPort ?? named.port),
      path: endpoint.path,
    }));
}

function containerPort(pod: Pod, target: number | string): number {
  if (typeof target === 'number') return target;
  return pod.spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target)?.containerPort ?? 0;
}
