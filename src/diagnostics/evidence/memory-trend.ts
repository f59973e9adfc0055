import type { PrometheusSeries } from '../../clients/prometheus-read.ts';
import { promqlRange } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { deployment } from './deployment.ts';
import { candidatesOf, PROMETHEUS_PERMISSION } from './metric-profile.ts';

/** Points of a series, so that a window fits on a screen and costs little. */
const POINTS = 60;

interface PodMemory {
  readonly pod: string;
  /** The least of each step, oldest first: what is left after collections. Bytes, and seconds since the epoch. */
  readonly floor: readonly { readonly at: number; readonly value: number }[];
  /** The most that it ever was in the window. */
  readonly peak: number | null;
  /** The same of the garbage-collected heap; empty and null where the service exports none. */
  readonly heapFloor: readonly { readonly at: number; readonly value: number }[];
  readonly heapPeak: number | null;
}

export interface MemoryTrend {
  readonly windowSeconds: number;
  readonly stepSeconds: number;
  /** Where the working set comes from: the kernel's count of the container, or what the process says of itself. */
  readonly from: 'cadvisor' | 'process' | 'nowhere';
  /** Pods of the window, those that are gone by now as well. */
  readonly pods: readonly PodMemory[];
}

/** How the memory of each pod has moved: the working set that the kernel counts, and the heap that .NET counts. */
export const memoryTrend = defineSource<MemoryTrend>({
  id: 'prom.memory_trend',
  title: 'Memory over time',
  permission: `${PROMETHEUS_PERMISSION}, GET /api/v1/query_range; Prometheus scrapes cAdvisor`,
  asked: (target) => {
    const { window, step } = spans(target);
    return promqlRange(target, window, step, floorOf(containerSeries(target, target.kubernetes.container ?? null), step));
  },
  async collect(context) {
    const { target } = context;
    const { window, step } = spans(target);
    const { container } = (await context.require(deployment)).data;
    const own = target.prometheus.selector;
    const fromContainer = containerSeries(target, container);
    const fromProcess = any(candidatesOf(target).map(({ processMemory }) => `${processMemory}{${own}}`));
    const heap = any(candidatesOf(target).flatMap((profile) => profile.heap.map((name) => `${name}{${own}}`)));
    const [cadvisor, heapFloors, heapPeaks] = await Promise.all([
      readMemory(context, [fromContainer], window, step),
      range(
        context,
        either(heap, (series) => floorOf(series, step)),
        window,
        step,
      ),
      peaks(
        context,
        either(heap, (series) => peakOf(series, target.prometheus.recentWindowSeconds)),
      ),
    ]);
    const found = cadvisor.floors.size > 0 ? cadvisor : await readMemory(context, fromProcess, window, step);
    const names = [...new Set([...found.floors.keys(), ...found.peaks.keys()])].sort();
    const data: MemoryTrend = {
      windowSeconds: window,
      stepSeconds: step,
      from: found.floors.size === 0 ? 'nowhere' : found === cadvisor ? 'cadvisor' : 'process',
      pods: names.map((pod) => ({
        pod,
        floor: found.floors.get(pod) ?? [],
        peak: found.peaks.get(pod) ?? null,
        heapFloor: heapFloors.get(pod) ?? [],
        heapPeak: heapPeaks.get(pod) ?? null,
      })),
    };
    const asked = [
      either(found === cadvisor ? [fromContainer] : fromProcess, (series) => floorOf(series, step)),
      either(heap, (series) => floorOf(series, step)),
    ];
    return { data, complete: true, asked: promqlRange(target, window, step, ...asked) };
  },
});

function spans({ prometheus }: SourceContext['target']): { readonly window: number; readonly step: number } {
  const window = prometheus.memoryTrendWindowSeconds;
  return { window, step: Math.max(10, Math.ceil(window / POINTS)) };
}

function containerSeries({ kubernetes }: SourceContext['target'], container: string | null): string {
  const name = container === null ? 'container!="",container!="POD"' : `container="${container}"`;
  return `container_memory_working_set_bytes{namespace="${kubernetes.namespace}",pod=~"${kubernetes.deployment}-.*",${name}}`;
}

const any = (series: readonly string[]) => [...new Set(series)];
const floorOf = (series: string, step: number) => `sum by (pod) (min_over_time(${series}[${step}s]))`;
const peakOf = (series: string, window: number) => `sum by (pod) (max_over_time(${series}[${window}s]))`;
/** The first of the series that is there, for each pod. */
const either = (series: readonly string[], query: (series: string) => string) => series.map(query).join(' or ');

interface Memory {
  readonly floors: ReadonlyMap<string, PodMemory['floor']>;
  readonly peaks: ReadonlyMap<string, number>;
}

async function readMemory(context: SourceContext, series: readonly string[], window: number, step: number): Promise<Memory> {
  const [floors, highest] = await Promise.all([
    range(
      context,
      either(series, (one) => floorOf(one, step)),
      window,
      step,
    ),
    peaks(
      context,
      either(series, (one) => peakOf(one, window)),
    ),
  ]);
  return { floors, peaks: highest };
}

async function range({ clients, now, signal }: SourceContext, query: string, window: number, step: number): Promise<Memory['floors']> {
  const found = await clients.prometheus.queryRange(
    query,
    { start: new Date(now.getTime() - window * 1_000), end: now, stepSeconds: step },
    signal,
  );
  return new Map(found.map(({ labels, points }: PrometheusSeries) => [labels.pod ?? '', points]));
}

async function peaks({ clients, signal }: SourceContext, query: string): Promise<ReadonlyMap<string, number>> {
  const found = await clients.prometheus.query(query, signal);
  return new Map(found.flatMap(({ labels, value }) => (value === null ? [] : [[labels.pod ?? '', value]])));
}
