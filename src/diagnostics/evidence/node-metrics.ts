import { z } from 'zod';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { usageOf, withMend } from './pod-metrics.ts';

const Answer = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), usage: z.object({ cpu: z.string(), memory: z.string() }) })),
});

interface NodeUsage {
  readonly node: string;
  readonly cpuCores: number;
  readonly memoryBytes: number;
}

/** What each node uses: what kubectl top nodes shows. A permission of the whole cluster, which the bot can do without. */
export const nodeMetrics = defineSource<readonly NodeUsage[]>({
  id: 'k8s.node_metrics',
  title: 'CPU and memory of the nodes',
  permission: 'ClusterRole rule {apiGroups: ["metrics.k8s.io"], resources: ["nodes"], verbs: ["get", "list"]} (optional)',
  asked: (target) => kubectl(target, 'top nodes'),
  async collect({ clients, signal }) {
    const answer = await clients.kubernetes.nodeMetrics(signal).catch((error: unknown) => {
      throw withMend(error);
    });
    const { items } = parseAnswer(Answer, answer, 'The metrics of the nodes');
    const data = items.map(({ metadata, usage }) => ({
      node: metadata.name,
      cpuCores: usageOf(usage.cpu),
      memoryBytes: usageOf(usage.memory),
    }));
    return { data, complete: true };
  },
});
