import type { Container, Pod } from '../kinds/pod.ts';
import { quantity } from '../quantity.ts';
import type { ContainerResources } from '../runtime.ts';
import type { ClusterStore } from '../store/cluster-store.ts';

export type Environment = { readonly env: Record<string, string> } | { readonly problem: string };

/** The environment of a container with its references resolved, or what is missing for it. */
export function environmentOf(store: ClusterStore, pod: Pod, container: Container): Environment {
  const namespace = pod.metadata.namespace ?? '';
  const env: Record<string, string> = {};
  for (const source of container.envFrom ?? []) {
    const [kind, reference] = source.configMapRef ? (['configmap', source.configMapRef] as const) : (['secret', source.secretRef] as const);
    if (reference === undefined) continue;
    const data = dataOf(store, kind, namespace, reference.name);
    if (data === undefined && reference.optional !== true) return { problem: `${kind} "${reference.name}" not found` };
    for (const [key, value] of Object.entries(data ?? {})) env[`${source.prefix ?? ''}${key}`] = value;
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) env[name] = fieldOf(pod, valueFrom.fieldRef.fieldPath);
    const [kind, reference] = valueFrom?.configMapKeyRef
      ? (['configmap', valueFrom.configMapKeyRef] as const)
      : (['secret', valueFrom?.secretKeyRef] as const);
    if (reference === undefined) {
      if (value !== undefined) env[name] = expanded(value, env);
      continue;
    }
    const data = dataOf(store, kind, namespace, reference.name);
    const found = data?.[reference.key];
    if (found !== undefined) env[name] = found;
    else if (reference.optional !== true) {
      return {
        problem: data
          ? `couldn't find key ${reference.key} in ${kind} ${namespace}/${reference.name}`
          : `${kind} "${reference.name}" not found`,
      };
    }
  }
  return { env };
}

/** The container's requests and limits as numbers. */
export function resourcesOf(container: Container): ContainerResources {
  const amounts = (stated: Readonly<Record<string, string>> = {}) => ({
    ...(stated.cpu === undefined ? {} : { cpuMillicores: Math.round(quantity(stated.cpu) * 1000) }),
    ...(stated.memory === undefined ? {} : { memoryBytes: quantity(stated.memory) }),
  });
  return { requests: amounts(container.resources.requests), limits: amounts(container.resources.limits) };
}

function dataOf(store: ClusterStore, kind: 'configmap' | 'secret', namespace: string, name: string): Record<string, string> | undefined {
  if (kind === 'configmap') {
    const found = store.configmaps.get(namespace, name);
    return found && (found.data ?? {});
  }
  const secret = store.secrets.get(namespace, name);
  if (!secret) return undefined;
  const decoded = Object.entries(secret.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString('utf8')]);
  const plain = secret.stringData;
  return { ...Object.fromEntries(decoded), ...(typeof plain === 'object' && plain !== null ? stringsIn(plain) : {}) };
}

function stringsIn(plain: object): Record<string, string> {
  return Object.fromEntries(Object.entries(plain).map(([key, value]) => [key, String(value)]));
}

function fieldOf(pod: Pod, path: string): string {
  const label = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path);
  if (label) return pod.metadata[label[1] === 'labels' ? 'labels' : 'annotations']?.[label[2] ?? ''] ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec.nodeName,
    'spec.serviceAccountName': pod.spec.serviceAccountName ?? 'default',
    'status.hostIP': '127.0.0.1',
    'status.podIP': '127.0.0.1',
  };
  return fields[path] ?? '';
}

/** Kubernetes expands $(NAME) with variables that were defined before. */
function expanded(value: string, env: Readonly<Record<string, string>>): string {
  return value.replace(/\$\(([A-Za-z_]\w*)\)/g, (whole, name: string) => env[name] ?? whole);
}
