import type { MetricsSource, NodeUsage, PodUsage } from '../api/context.ts';
import type { ControllerContext } from '../controllers/context.ts';
import type { Kubelet } from './kubelet.ts';

const resolutionMs = 15_000;

export interface MetricsServer extends MetricsSource {
  /** Takes a reading of every running container; a window of readings makes a sample. */
  tick(): void;
}

interface Reading {
  cores: number;
  bytes: number;
  count: number;
}

/** Averages what containers use over windows of 15 s (passing timeScale times faster), as metrics-server does. */
export function metricsServer(context: ControllerContext, kubelet: Kubelet): MetricsServer {
  const windowMs = resolutionMs / context.timeScale;
  let readings = new Map<string, Reading>();
  let windowFrom = context.now().getTime();
  let sampled: PodUsage[] = [];
  const read = (): void => {
    for (const pod of context.store.pods.list()) {
      for (const [name, process] of kubelet.processes(pod)) {
        const { cpuMillicores, memoryBytes } = process.usage();
        const key = `${pod.metadata.uid}/${name}`;
        const { cores, count } = readings.get(key) ?? { cores: 0, count: 0 };
        readings.set(key, { cores: cores + cpuMillicores / 1000, bytes: memoryBytes, count: count + 1 });
      }
    }
  };
  const sample = (): void => {
    const at = context.now();
    sampled = context.store.pods.list().flatMap((pod) => {
      const { namespace = '', name, uid, labels = {} } = pod.metadata;
      const containers = pod.spec.containers.flatMap((container) => {
        const reading = readings.get(`${uid}/${container.name}`);
        return reading ? [{ name: container.name, cores: reading.cores / reading.count, bytes: reading.bytes }] : [];
      });
      return containers.length === 0 ? [] : [{ namespace, name, labels, at, windowMs, containers }];
    });
    readings = new Map();
    windowFrom = at.getTime();
  };
  const nodes = (): NodeUsage[] =>
    context.store.nodes.list().flatMap(({ metadata }) => {
      const here = new Set(
        context.store.pods
          .list()
          .filter(({ spec }) => spec.nodeName === metadata.name)
          .map((pod) => podKey(pod.metadata)),
      );
      const containers = sampled.filter((usage) => here.has(podKey(usage))).flatMap((usage) => usage.containers);
      const system = { cores: 0.12, bytes: 900 * 2 ** 20 };
      const sum = containers.reduce((all, { cores, bytes }) => ({ cores: all.cores + cores, bytes: all.bytes + bytes }), system);
      return [{ name: metadata.name, at: sampled[0]?.at ?? context.now(), windowMs, ...sum }];
    });
  return {
    pods: () => sampled,
    nodes,
    tick: () => {
      read();
      if (context.now().getTime() - windowFrom >= windowMs) sample();
    },
  };
}

function podKey({ namespace, name }: { readonly namespace?: string | undefined; readonly name: string }): string {
  return `${namespace ?? ''}/${name}`;
}
