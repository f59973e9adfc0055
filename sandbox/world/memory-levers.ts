import { type Leak, leakedBytes } from '../service/pod-model.ts';
import type { ServiceRuntime } from '../service/runtime.ts';
import type { Installation } from './service.ts';

/** What becomes of the memory of the pods. */
export interface MemoryLevers {
  /** The pods have leaked for so many hours, and go on. The function that is returned ends it, as a repaired build does. */
  leak(leak: { readonly kind: Leak['kind']; readonly mebibytesPerHour: number; readonly hours: number }): () => void;
}

const MEBIBYTE = 2 ** 20;
const HOUR_MS = 3_600_000;
const OF_THE_PROCESS = ['container_memory_working_set_bytes', 'process_memory_usage_bytes'];
const OF_THE_HEAP = ['process_runtime_dotnet_gc_heap_size_bytes'];

export function memoryLevers(
  runtime: ServiceRuntime,
  { namespace }: Installation,
  amendHistory: (name: string, labels: Readonly<Record<string, string>>, value: (time: number, value: number) => number) => void,
): MemoryLevers {
  return {
    leak: ({ kind, mebibytesPerHour, hours }) => {
      const leak: Leak = { kind, bytesPerHour: mebibytesPerHour * MEBIBYTE, from: Date.now() - hours * HOUR_MS };
      const names = kind === 'managed' ? [...OF_THE_PROCESS, ...OF_THE_HEAP] : OF_THE_PROCESS;
      for (const { spec } of runtime.running(namespace)) {
        for (const name of names) amendHistory(name, { namespace, pod: spec.name }, (time, value) => value + leakedBytes([leak], time));
      }
      runtime.setLeak(namespace, leak);
      return () => runtime.setLeak(namespace, undefined);
    },
  };
}
