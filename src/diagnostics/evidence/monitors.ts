import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import type { MonitorLike, ServiceLike } from '../rules/monitors.ts';
import { selects } from '../rules/monitors.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { deployment } from './deployment.ts';

const GROUP_VERSION = 'monitoring.coreos.com/v1';

const Labels = z.record(z.string(), z.string());
const IntOrString = z.union([z.number(), z.string()]).transform(String);
const Metadata = z.object({ name: z.string(), labels: Labels.default({}) });
const Services = z.object({
  items: z.array(
    z.object({
      metadata: Metadata,
      spec: z.object({
        selector: Labels.nullish(),
        ports: z.array(z.object({ name: z.string().default(''), port: z.number(), targetPort: IntOrString.optional() })).default([]),
      }),
    }),
  ),
});
const Endpoint = z.object({ port: z.string().nullish(), targetPort: IntOrString.nullish(), path: z.string().nullish() });
const Monitors = z.object({
  items: z.array(
    z.object({
      metadata: Metadata,
      spec: z.object({
        selector: z
          .object({
            matchLabels: Labels.default({}),
            matchExpressions: z
              .array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) }))
              .default([]),
          })
          .prefault({}),
        namespaceSelector: z.object({ any: z.boolean().default(false), matchNames: z.array(z.string()).default([]) }).prefault({}),
        endpoints: z.array(Endpoint).default([]),
        podMetricsEndpoints: z.array(Endpoint).default([]),
      }),
    }),
  ),
});

interface MonitorEvidence {
  /** False where the cluster has no Prometheus Operator. */
  readonly served: boolean;
  /** Services that select the Deployment's pods. */
  readonly services: readonly ServiceLike[];
  readonly monitors: readonly MonitorLike[];
  readonly podLabels: Readonly<Record<string, string>>;
}

/** What tells the Prometheus Operator to have the service scraped. Discovery is asked first: it needs no permission. */
export const monitors = defineSource<MonitorEvidence>({
  id: 'k8s.servicemonitor',
  title: 'Monitors of Prometheus',
  permission:
    'Role rules {apiGroups: ["monitoring.coreos.com"], resources: ["servicemonitors", "podmonitors"], verbs: ["get", "list"]} and {apiGroups: [""], resources: ["services"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'get services,servicemonitors,podmonitors -o yaml'),
  async collect(context) {
    const { target, clients, signal } = context;
    const { podLabels } = (await context.require(deployment)).data;
    const { namespace } = target.kubernetes;
    const served = (await clients.kubernetes.groupVersions(signal)).includes(GROUP_VERSION);
    if (!served) return { data: { served, services: [], monitors: [], podLabels }, complete: true };
    const [services, serviceMonitors, podMonitors] = await Promise.all([
      clients.kubernetes.services(namespace, signal),
      list(context, 'servicemonitors'),
      list(context, 'podmonitors'),
    ]);
    const data: MonitorEvidence = {
      served,
      services: servicesOf(services, podLabels),
      monitors: [...serviceMonitors, ...podMonitors],
      podLabels,
    };
    return { data, complete: true };
  },
});

function servicesOf(answer: unknown, podLabels: Readonly<Record<string, string>>): ServiceLike[] {
  return parseAnswer(Services, answer, 'The list of Services').items.flatMap(({ metadata, spec }) => {
    const selector = spec.selector ?? {};
    if (Object.keys(selector).length === 0 || !selects({ matchLabels: selector, matchExpressions: [] }, podLabels)) return [];
    const ports = spec.ports.map(({ name, port, targetPort }) => ({ name, port, targetPort: targetPort ?? String(port) }));
    return [{ name: metadata.name, labels: metadata.labels, ports }];
  });
}

/** A cluster may have one of the two kinds only. */
async function list({ target, clients, signal }: SourceContext, plural: 'servicemonitors' | 'podmonitors'): Promise<MonitorLike[]> {
  const { namespace } = target.kubernetes;
  const answer = await clients.kubernetes.monitors(namespace, plural, signal).catch((error: unknown) => {
    if (error instanceof ReadError && error.reason === 'not-served') return { items: [] };
    throw error;
  });
  const kind = plural === 'podmonitors' ? 'PodMonitor' : 'ServiceMonitor';
  return parseAnswer(Monitors, answer, `The list of ${kind}s`).items.map(({ metadata, spec }) => ({
    kind,
    name: metadata.name,
    labels: metadata.labels,
    selector: spec.selector,
    namespaces: spec.namespaceSelector.any
      ? null
      : spec.namespaceSelector.matchNames.length > 0
        ? spec.namespaceSelector.matchNames
        : [namespace],
    endpoints: [...spec.endpoints, ...spec.podMetricsEndpoints].map(({ port, targetPort, path }) => ({
      port: port ?? null,
      targetPort: targetPort ?? null,
      path: path ?? null,
    })),
  }));
}
