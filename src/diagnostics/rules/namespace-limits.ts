import type { NamespaceLimits } from '../evidence/quotas.ts';
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

/** Where a container asks for more, or for less, than a limit range of the namespace allows. */
export function breaches({ bounds }: NamespaceLimits, { containers }: PodDemand): Breach[] {
  return bounds
    .filter(({ type }) => type === 'Container')
    .flatMap(({ name, resource, max, min }) =>
      containers.flatMap((container) => {
        const limit = resource === 'cpu' ? container.cpuLimit : resource === 'memory' ? container.memoryLimit : null;
        const request = resource === 'cpu' ? container.cpuRequest : resource === 'memory' ? container.memoryRequest : null;
        const over = isMore(limit, max)
          ? [{ name, text: `container ${container.name} has the ${resource} limit ${limit}, above ${max}` }]
          : [];
        const under = isMore(min, request)
          ? [{ name, text: `container ${container.name} requests ${request} of ${resource}, below ${min}` }]
          : [];
        return [...over, ...under];
      }),
    );
}

function isMore(a: string | null, b: string | null): boolean {
  const [left, right] = [a, b].map((text) => (text === null ? undefined : parseQuantity(text)));
  return left !== undefined && right !== undefined && left > right;
}
