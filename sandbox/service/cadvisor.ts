import { createServer } from 'node:http';
import { listenOnLoopback } from '../loopback.ts';
import { CFS_PERIOD_MS } from './cpu-queue.ts';
import { exposition, type MetricFamily, type MetricSample } from './metrics.ts';
import type { PodModel } from './pod-model.ts';

/** A container as the kubelet's cAdvisor names it. */
export interface ContainerName {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What the kernel counted for one container: CPU time, enforcement periods, memory. */
export function containerFamilies(name: ContainerName, model: PodModel, now: number): readonly MetricFamily[] {
  const labels = { ...name };
  const { periods, throttled } = model.cpu.throttling(now);
  const family = (metric: string, type: 'counter' | 'gauge', value: number): MetricFamily => ({
    name: metric,
    type,
    help: 'Container statistics of the kernel.',
    samples: [{ name: metric, labels, value }],
  });
  return [
    family('container_cpu_usage_seconds_total', 'counter', model.cpu.consumedMs(now) / 1000),
    family('container_cpu_cfs_periods_total', 'counter', periods),
    family('container_cpu_cfs_throttled_periods_total', 'counter', throttled),
    family('container_spec_cpu_period', 'gauge', CFS_PERIOD_MS * 1000),
    family('container_spec_cpu_quota', 'gauge', model.cpu.capacityMillicores * CFS_PERIOD_MS),
    family('container_memory_working_set_bytes', 'gauge', model.memory(now).workingSetBytes),
  ];
}

export interface CadvisorPage {
  readonly url: string;
  close(): void;
}

/** Serves the statistics of all containers on one page, as a kubelet does for its node. */
export async function serveCadvisor(
  containers: () => readonly { readonly name: ContainerName; readonly model: PodModel }[],
): Promise<CadvisorPage> {
  const server = createServer((_request, response) => {
    const now = Date.now();
    const families = containers().map(({ name, model }) => containerFamilies(name, model, now));
    response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(exposition(merge(families)));
  });
  const { url, close } = await listenOnLoopback(server);
  return {
    url: `${url}/metrics/cadvisor`,
    close,
  };
}

/** The families of several containers, each family once. */
function merge(families: readonly (readonly MetricFamily[])[]): readonly MetricFamily[] {
  const merged = new Map<string, { family: MetricFamily; samples: MetricSample[] }>();
  for (const family of families.flat()) {
    const known = merged.get(family.name) ?? { family, samples: [] };
    known.samples.push(...family.samples);
    merged.set(family.name, known);
  }
  return [...merged.values()].map(({ family, samples }) => ({ ...family, samples }));
}
