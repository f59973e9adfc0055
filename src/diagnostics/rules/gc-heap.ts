import { parseQuantity } from './quantity.ts';

export interface HeapLimit {
  readonly bytes: number;
  /** What sets it: a variable, or .NET's own share of the container's limit. */
  readonly from: string;
}

interface Variable {
  readonly name: string;
  readonly value: string | null;
}

/**
 * The most that .NET's garbage-collected heap may grow to: https://learn.microsoft.com/dotnet/core/runtime-config/garbage-collector.
 * Variables of the runtime are hexadecimal numbers, with or without 0x. Null where the container has no limit and no variable sets one.
 */
export function heapLimit(variables: readonly Variable[], memoryLimit: string | null, defaultRatio: number): HeapLimit | null {
  const read = (name: string) => {
    const value = variables.find((variable) => variable.name === name || variable.name === name.replace('DOTNET_', 'COMPlus_'))?.value;
    return value === undefined || value === null || !/^(?:0x)?[0-9a-f]+$/i.test(value) ? undefined : Number.parseInt(value, 16);
  };
  const container = memoryLimit === null ? undefined : parseQuantity(memoryLimit);
  const bytes = read('DOTNET_GCHeapHardLimit');
  if (bytes !== undefined && bytes > 0) return { bytes, from: 'DOTNET_GCHeapHardLimit' };
  if (container === undefined) return null;
  const percent = read('DOTNET_GCHeapHardLimitPercent');
  if (percent !== undefined && percent > 0) return { bytes: (container * percent) / 100, from: 'DOTNET_GCHeapHardLimitPercent' };
  return { bytes: container * defaultRatio, from: "the container's limit" };
}
