import { parseQuantity } from './quantity.ts';

/** What a pod uses, held against what it may use. Sums of its containers. */
export interface PodUsageRatio {
  readonly pod: string;
  /** Of the CPU limit, or of the request where a container has no limit; null where it has neither. */
  readonly cpu: number | null;
  readonly cpuOf: 'limit' | 'request';
  /** Of the CPU request. */
  readonly cpuOfRequest: number | null;
  /** Of the memory limit. */
  readonly memory: number | null;
}

interface Usage {
  readonly pod: string;
  readonly containers: readonly { readonly name: string; readonly cpuCores: number; readonly memoryBytes: number }[];
}

interface Resources {
  readonly cpuRequest: string | null;
  readonly cpuLimit: string | null;
  readonly memoryLimit: string | null;
}

export function usageRatio(usage: Usage, resources: readonly Resources[]): PodUsageRatio {
  const cpu = usage.containers.reduce((sum, { cpuCores }) => sum + cpuCores, 0);
  const memory = usage.containers.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  const cpuLimit = total(resources.map((one) => one.cpuLimit));
  const cpuRequest = total(resources.map((one) => one.cpuRequest));
  const memoryLimit = total(resources.map((one) => one.memoryLimit));
  const against = (used: number, allowed: number | null) => (allowed === null || allowed === 0 ? null : used / allowed);
  return {
    pod: usage.pod,
    cpu: against(cpu, cpuLimit ?? cpuRequest),
    cpuOf: cpuLimit === null ? 'request' : 'limit',
    cpuOfRequest: against(cpu, cpuRequest),
    memory: against(memory, memoryLimit),
  };
}

/** Null where one of them is not set, or is none: then the sum bounds nothing. */
export function total(quantities: readonly (string | null)[]): number | null {
  let sum = 0;
  for (const quantity of quantities) {
    const value = quantity === null ? undefined : parseQuantity(quantity);
    if (value === undefined) return null;
    sum += value;
  }
  return quantities.length === 0 ? null : sum;
}
