import { parseQuantity } from './quantity.ts';

/** What the scheduler sets aside for a pod. Kubernetes documentation, "Init containers" and "Pod Overhead". */

export type Quantities = Readonly<Record<string, string>>;

interface ContainerResources {
  readonly requests: Quantities;
  readonly limits: Quantities;
}

export interface PodResources {
  readonly containers: readonly ContainerResources[];
  /** In their order; those that keep running beside the containers are sidecars. */
  readonly initContainers: readonly (ContainerResources & { readonly sidecar: boolean })[];
  /** Of the pod as a whole, where it is stated. */
  readonly whole: ContainerResources;
  readonly overhead: Quantities;
}

export interface Allocation {
  readonly cpuRequest: number;
  readonly cpuLimit: number;
  readonly memoryRequest: number;
  readonly memoryLimit: number;
}

export const NOTHING_ALLOCATED: Allocation = { cpuRequest: 0, cpuLimit: 0, memoryRequest: 0, memoryLimit: 0 };

/** Cores and bytes. A container that states none counts as none, as kubectl describe node counts it. */
export function allocationOf(pod: PodResources): Allocation {
  return {
    cpuRequest: needed(pod, 'requests', 'cpu'),
    cpuLimit: needed(pod, 'limits', 'cpu'),
    memoryRequest: needed(pod, 'requests', 'memory'),
    memoryLimit: needed(pod, 'limits', 'memory'),
  };
}

export const addAllocations = (a: Allocation, b: Allocation): Allocation => ({
  cpuRequest: a.cpuRequest + b.cpuRequest,
  cpuLimit: a.cpuLimit + b.cpuLimit,
  memoryRequest: a.memoryRequest + b.memoryRequest,
  memoryLimit: a.memoryLimit + b.memoryLimit,
});

/** Init containers run one after the other, beside the sidecars before them: the most that is needed at any time counts. */
function needed({ containers, initContainers, whole, overhead }: PodResources, kind: 'requests' | 'limits', resource: string): number {
  const stated = amount(whole[kind], resource);
  let sidecars = 0;
  let mostAtStart = 0;
  for (const container of initContainers) {
    const own = amount(container[kind], resource);
    if (container.sidecar) sidecars += own;
    mostAtStart = Math.max(mostAtStart, container.sidecar ? sidecars : sidecars + own);
  }
  const running = containers.reduce((sum, container) => sum + amount(container[kind], resource), sidecars);
  const own = stated > 0 ? stated : Math.max(running, mostAtStart);
  return kind === 'limits' && own === 0 ? 0 : own + amount(overhead, resource);
}

const amount = (quantities: Quantities, resource: string): number => parseQuantity(quantities[resource] ?? '0') ?? 0;
