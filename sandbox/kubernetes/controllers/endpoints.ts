import { selects } from '../api/selectors.ts';
import type { Service } from '../kinds/cluster.ts';
import { isPodReady, type Pod, portAnnotation } from '../kinds/pod.ts';
import { controllerReference } from '../store/object.ts';
import type { ControllerContext } from './context.ts';

interface Address {
  readonly pod: Pod;
  readonly ready: boolean;
  readonly ports: readonly object[];
}

/** Keeps the Endpoints and EndpointSlices of every Service with a selector. */
export function syncEndpoints(context: ControllerContext): void {
  for (const service of context.store.services.list()) {
    if (service.spec.selector === undefined) continue;
    const groups = groupByPorts(addressesOf(context, service));
    writeEndpoints(context, service, groups);
    writeSlices(context, service, groups);
  }
  for (const endpoints of context.store.endpoints.list()) {
    const { namespace = '', name } = endpoints.metadata;
    if (!context.store.services.get(namespace, name)) context.store.endpoints.drop(namespace, name);
  }
}

function addressesOf(context: ControllerContext, service: Service): Address[] {
  return context.store.pods
    .list(service.metadata.namespace)
    .filter((pod) => selects({ matchLabels: service.spec.selector }, pod.metadata.labels) && pod.status.podIP !== undefined)
    .filter((pod) => pod.status.phase === 'Running')
    .map((pod) => ({ pod, ready: isPodReady(pod) && pod.metadata.deletionTimestamp === undefined, ports: portsOf(service, pod) }));
}

/** All pods share the loopback address, so a pod's real port stands where its target port would. */
function portsOf(service: Service, pod: Pod): object[] {
  const real = pod.metadata.annotations?.[portAnnotation];
  return (service.spec.ports ?? []).map(({ name, port, targetPort, protocol }) => ({
    ...(name === undefined ? {} : { name }),
    port: real === undefined ? numericPort(pod, targetPort ?? port) : Number(real),
    protocol,
  }));
}

function numericPort(pod: Pod, target: number | string): number {
  if (typeof target === 'number') return target;
  return pod.spec.containers.flatMap(({ ports = [] }) => ports).find(({ name }) => name === target)?.containerPort ?? 0;
}

function groupByPorts(addresses: readonly Address[]): Map<string, Address[]> {
  return Map.groupBy(addresses, ({ ports }) => JSON.stringify(ports));
}

function reference(pod: Pod): object {
  const { name, namespace, uid } = pod.metadata;
  return { kind: 'Pod', name, namespace, uid };
}

function writeEndpoints(context: ControllerContext, service: Service, groups: ReadonlyMap<string, readonly Address[]>): void {
  const { name, namespace = '', labels } = service.metadata;
  const shown = ({ pod }: Address): object => ({ ip: pod.status.podIP, nodeName: pod.spec.nodeName, targetRef: reference(pod) });
  const subsets = [...groups.values()].map((group) => {
    const ready = group.filter((address) => address.ready).map(shown);
    const unready = group.filter((address) => !address.ready).map(shown);
    return {
      ...(ready.length > 0 ? { addresses: ready } : {}),
      ...(unready.length > 0 ? { notReadyAddresses: unready } : {}),
      ports: group[0]?.ports ?? [],
    };
  });
  const collection = context.store.endpoints;
  const wanted = subsets.length === 0 ? {} : { subsets };
  const current = collection.get(namespace, name);
  if (current) collection.replace(current, { apiVersion: 'v1', kind: 'Endpoints', metadata: current.metadata, ...wanted });
  else collection.insert({ metadata: { name, namespace, labels }, ...wanted });
}

function writeSlices(context: ControllerContext, service: Service, groups: ReadonlyMap<string, readonly Address[]>): void {
  const { name, namespace = '' } = service.metadata;
  const collection = context.store.endpointslices;
  const existing = collection.list(namespace).filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name);
  const wanted = groups.size === 0 ? [[]] : [...groups.values()];
  wanted.forEach((group, index) => {
    const content = { addressType: 'IPv4', endpoints: group.map(endpoint), ports: group[0]?.ports ?? [] };
    const current = existing[index];
    if (current)
      collection.replace(current, { apiVersion: current.apiVersion, kind: current.kind, metadata: current.metadata, ...content });
    else collection.insert({ metadata: sliceMetadata(context, service), ...content });
  });
  for (const { metadata } of existing.slice(wanted.length)) collection.drop(namespace, metadata.name);
}

function endpoint({ pod, ready }: Address): object {
  const terminating = pod.metadata.deletionTimestamp !== undefined;
  const conditions = { ready, serving: isPodReady(pod), terminating };
  return { addresses: [pod.status.podIP], conditions, nodeName: pod.spec.nodeName, targetRef: reference(pod) };
}

function sliceMetadata(context: ControllerContext, service: Service): object {
  const { name, namespace, labels } = service.metadata;
  const own = { 'kubernetes.io/service-name': name, 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
  const sliceName = `${name}-${context.random.suffix(5)}`;
  return {
    name: sliceName,
    generateName: `${name}-`,
    namespace,
    labels: { ...labels, ...own },
    ownerReferences: [controllerReference(service)],
  };
}
