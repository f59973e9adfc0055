import type { NamespaceLimits } from '../evidence/quotas.ts';
import { bytes, cores } from './phrases.ts';
import { parseQuantity } from './quantity.ts';

/** What one container asks for; texts are quantities of Kubernetes. */
interface Container {
  readonly name: string;
  readonly cpuRequest: string | null;
  readonly cpuLimit: string | null;
  readonly memoryRequest: string | null;
  readonly memoryLimit: string | null;
}

/** What one pod asks for, in the order in which its containers begin. */
export interface PodDemand {
  readonly containers: readonly Container[];
  readonly initContainers: readonly (Container & { readonly sidecar: boolean })[];
}

export interface Headroom {
  readonly name: string;
  readonly resource: string;
  readonly hard: string;
  readonly used: string;
  /** How many more pods like this one fit. */
  readonly pods: number;
}

type Field = 'cpuRequest' | 'cpuLimit' | 'memoryRequest' | 'memoryLimit';

/** The resources that quotas count, and what a container contributes to each. */
const COUNTED: Readonly<Record<string, Field>> = {
  cpu: 'cpuRequest',
  'requests.cpu': 'cpuRequest',
  'limits.cpu': 'cpuLimit',
  memory: 'memoryRequest',
  'requests.memory': 'memoryRequest',
  'limits.memory': 'memoryLimit',
};
const PODS = new Set(['pods', 'count/pods']);
/** Sums of fractions are not exact: a part of a pod this small is none. */
const ROUNDING = 1e-6;

/** How many more pods each quota leaves room for, the tightest first. Those that hold for some pods only are left out. */
export function headroom(limits: NamespaceLimits, demand: PodDemand): Headroom[] {
  return limits.quotas
    .filter(({ scoped }) => !scoped)
    .flatMap(({ name, resource, hard, used }) => {
      const one = demandOf(resource, demand, limits);
      const left = (parseQuantity(hard) ?? Number.NaN) - (parseQuantity(used) ?? Number.NaN);
      if (one === undefined || one === 0 || Number.isNaN(left)) return [];
      return [{ name, resource, hard, used, pods: Math.max(0, Math.floor(left / one + ROUNDING)) }];
    })
    .sort((a, b) => a.pods - b.pods);
}

/**
 * What one pod takes of a resource that quotas count, in cores or bytes; undefined where it is none of a pod's. Containers that
 * run to their end before the others count only where one of them needs more than all that run together
 * (Kubernetes, "Init containers: resource sharing").
 */
export function demandOf(resource: string, demand: PodDemand, limits: NamespaceLimits): number | undefined {
  if (PODS.has(resource)) return 1;
  const field = COUNTED[resource];
  if (field === undefined) return undefined;
  const amount = (container: Container) => parseQuantity(completed(container, limits)[field] ?? '0') ?? 0;
  let sidecars = 0;
  let most = 0;
  for (const container of demand.initContainers) {
    if (container.sidecar) sidecars += amount(container);
    most = Math.max(most, container.sidecar ? sidecars : sidecars + amount(container));
  }
  return Math.max(most, sidecars + demand.containers.reduce((sum, container) => sum + amount(container), 0));
}

/** As the API server takes it: a request left out is the limit, and limit ranges fill in what is left out of both. */
function completed<One extends Container>(container: One, { defaults }: NamespaceLimits): One {
  const cpu = filled(container.cpuRequest, container.cpuLimit, of(defaults, 'cpu'));
  const memory = filled(container.memoryRequest, container.memoryLimit, of(defaults, 'memory'));
  return { ...container, cpuRequest: cpu.request, cpuLimit: cpu.limit, memoryRequest: memory.request, memoryLimit: memory.limit };
}

type Default = Pick<NamespaceLimits['defaults'][number], 'limit' | 'request'>;

function of(defaults: NamespaceLimits['defaults'], resource: string): Default {
  const own = defaults.filter((one) => one.resource === resource);
  const first = (field: keyof Default) => own.map((one) => one[field]).find((value) => value !== null) ?? null;
  return { limit: first('limit'), request: first('request') };
}

const filled = (request: string | null, limit: string | null, usual: Default) => ({
  request: request ?? limit ?? usual.request ?? usual.limit,
  limit: limit ?? usual.limit,
});

export interface Breach {
  readonly name: string;
  /** What was asked for and what is allowed, in words. */
  readonly text: string;
}

type Bound = NamespaceLimits['bounds'][number];

/**
 * Where a container, or all containers of a pod together, ask for more or for less than a limit range of the namespace allows.
 * A sum counts only where each container says its part, by itself or by a default.
 */
export function breaches(limits: NamespaceLimits, demand: PodDemand): Breach[] {
  const containers = demand.containers.map((container) => completed(container, limits));
  const each = [...containers, ...demand.initContainers.map((container) => completed(container, limits))];
  return limits.bounds.flatMap((bound) => {
    if (bound.type === 'Container') return each.flatMap((container) => ofContainer(bound, container));
    return bound.type === 'Pod' ? ofPod(bound, containers) : [];
  });
}

/** What quotas count and a container does not say, by itself or by a default: the API server then takes no pod. */
export function unstated(limits: NamespaceLimits, { containers, initContainers }: PodDemand): Breach[] {
  const each = [...containers, ...initContainers].map((container) => completed(container, limits));
  return limits.quotas
    .filter(({ scoped }) => !scoped)
    .flatMap(({ name, resource }) => {
      const field = COUNTED[resource];
      const silent = field === undefined ? undefined : each.find((container) => container[field] === null);
      return silent === undefined
        ? []
        : [{ name, text: `container ${silent.name} states no ${resource.includes('.') ? resource : `requests.${resource}`}` }];
    });
}

function ofContainer({ name, resource, max, min }: Bound, container: Container): Breach[] {
  const { limit, request } = askedOf(resource, container);
  const over = isMore(limit, max) ? [{ name, text: `container ${container.name} has the ${resource} limit ${limit}, above ${max}` }] : [];
  const under = isMore(min, request)
    ? [{ name, text: `container ${container.name} requests ${request} of ${resource}, below ${min}` }]
    : [];
  return [...over, ...under];
}

function ofPod({ name, resource, max, min }: Bound, containers: readonly Container[]): Breach[] {
  const asked = containers.map((container) => askedOf(resource, container));
  const limits = sumOf(asked.map(({ limit }) => limit));
  const requests = sumOf(asked.map(({ request }) => request));
  const [most, least] = [max, min].map((text) => (text === null ? undefined : parseQuantity(text)));
  const said = resource === 'memory' ? bytes : cores;
  const together = containers.length === 1 ? 'the one container of the pod' : `the ${containers.length} containers of the pod together`;
  const over =
    limits !== undefined && most !== undefined && limits > most
      ? [{ name, text: `${together} may take ${said(limits)} of ${resource} (limits), above ${max}` }]
      : [];
  const under =
    requests !== undefined && least !== undefined && requests < least
      ? [{ name, text: `${together} ask for ${said(requests)} of ${resource} (requests), below ${min}` }]
      : [];
  return [...over, ...under];
}

/** What a container says of a resource that limit ranges bound. */
function askedOf(resource: string, container: Container): { readonly limit: string | null; readonly request: string | null } {
  if (resource === 'cpu') return { limit: container.cpuLimit, request: container.cpuRequest };
  if (resource === 'memory') return { limit: container.memoryLimit, request: container.memoryRequest };
  return { limit: null, request: null };
}

/** Undefined where one of them is not said, or there is none. */
function sumOf(texts: readonly (string | null)[]): number | undefined {
  if (texts.length === 0) return undefined;
  return texts.reduce<number | undefined>((sum, text) => {
    const value = text === null ? undefined : parseQuantity(text);
    return sum === undefined || value === undefined ? undefined : sum + value;
  }, 0);
}

function isMore(a: string | null, b: string | null): boolean {
  const [left, right] = [a, b].map((text) => (text === null ? undefined : parseQuantity(text)));
  return left !== undefined && right !== undefined && left > right;
}
