import type { NamespaceLimits } from '../evidence/quotas.ts';
import { bytes, cores } from './phrases.ts';
import { parseQuantity } from './quantity.ts';

/** What one pod asks for; texts are quantities of Kubernetes. */
export interface PodDemand {
  readonly containers: readonly {
    readonly name: string;
    readonly cpuRequest: string | null;
    readonly cpuLimit: string | null;
    readonly memoryRequest: string | null;
    readonly memoryLimit: string | null;
  }[];
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

/** The resources that quotas count, and what a container contributes to each; Kubernetes fills in a missing request with the limit. */
const COUNTED: Readonly<Record<string, readonly Field[]>> = {
  cpu: ['cpuRequest', 'cpuLimit'],
  'requests.cpu': ['cpuRequest', 'cpuLimit'],
  'limits.cpu': ['cpuLimit'],
  memory: ['memoryRequest', 'memoryLimit'],
  'requests.memory': ['memoryRequest', 'memoryLimit'],
  'limits.memory': ['memoryLimit'],
};
const PODS = new Set(['pods', 'count/pods']);
/** Sums of fractions are not exact: a part of a pod this small is none. */
const ROUNDING = 1e-6;

/** How many more pods each quota leaves room for, the tightest first. Those that hold for some pods only are left out. */
export function headroom({ quotas }: NamespaceLimits, demand: PodDemand): Headroom[] {
  return quotas
    .filter(({ scoped }) => !scoped)
    .flatMap(({ name, resource, hard, used }) => {
      const one = demandOf(resource, demand);
      const left = (parseQuantity(hard) ?? Number.NaN) - (parseQuantity(used) ?? Number.NaN);
      if (one === undefined || one === 0 || Number.isNaN(left)) return [];
      return [{ name, resource, hard, used, pods: Math.max(0, Math.floor(left / one + ROUNDING)) }];
    })
    .sort((a, b) => a.pods - b.pods);
}

/** What one pod takes of a resource that quotas count, in cores or bytes; undefined where it is none of a pod's. */
export function demandOf(resource: string, { containers }: PodDemand): number | undefined {
  if (PODS.has(resource)) return 1;
  const fields = COUNTED[resource];
  if (fields === undefined) return undefined;
  return containers.reduce((sum, container) => {
    const text = fields.map((field) => container[field]).find((value) => value !== null);
    return sum + (text === undefined || text === null ? 0 : (parseQuantity(text) ?? 0));
  }, 0);
}

export interface Breach {
  readonly name: string;
  /** What was asked for and what is allowed, in words. */
  readonly text: string;
}

type Container = PodDemand['containers'][number];
type Bound = NamespaceLimits['bounds'][number];

/**
 * Where a container, or all containers of a pod together, ask for more or for less than a limit range of the namespace allows.
 * A sum counts only where each container says its part: what is left out may be filled in by the limit range's own defaults.
 */
export function breaches({ bounds }: NamespaceLimits, { containers }: PodDemand): Breach[] {
  return bounds.flatMap((bound) => {
    if (bound.type === 'Container') return containers.flatMap((container) => ofContainer(bound, container));
    return bound.type === 'Pod' ? ofPod(bound, containers) : [];
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
  const requests = sumOf(asked.map(({ request, limit }) => request ?? limit));
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
