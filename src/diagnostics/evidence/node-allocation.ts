import { z } from 'zod';
import { type Allocation, addAllocations, allocationOf, NOTHING_ALLOCATED, type PodResources } from '../rules/pod-allocation.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';

const Quantities = z.record(z.string(), z.string()).nullish();
const Resources = z.object({ requests: Quantities, limits: Quantities }).nullish();
const Answer = z.object({
  metadata: z.object({ _continue: z.string().optional() }).prefault({}),
  items: z.array(
    z.object({
      spec: z.object({
        nodeName: z.string().nullish(),
        containers: z.array(z.object({ resources: Resources })).default([]),
        initContainers: z.array(z.object({ resources: Resources, restartPolicy: z.string().nullish() })).nullish(),
        resources: Resources,
        overhead: Quantities,
      }),
    }),
  ),
});

interface NodeAllocation extends Allocation {
  readonly node: string;
  readonly pods: number;
}

/** Pages of pods. Beyond them the sums would be too small, and it is said that they are. */
const MOST_PAGES = 15;

/** What the pods of all namespaces ask for on each node: the "Allocated resources" of kubectl describe node. */
export const nodeAllocation = defineSource<readonly NodeAllocation[]>({
  id: 'k8s.node_allocation',
  title: 'Requests and limits on each node',
  permission: 'ClusterRole rule {apiGroups: [""], resources: ["pods"], verbs: ["get", "list"]} (optional)',
  asked: (target) => kubectl(target, "get pods --all-namespaces --field-selector 'status.phase!=Succeeded,status.phase!=Failed' -o yaml"),
  async collect({ clients, signal }) {
    const nodes = new Map<string, NodeAllocation>();
    let next: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { items, metadata } = parseAnswer(Answer, await clients.kubernetes.allPods(next, signal), 'The list of all pods');
      for (const { spec } of items) addPod(nodes, spec);
      next = metadata._continue === '' ? undefined : metadata._continue;
      if (next === undefined) return { data: [...nodes.values()], complete: true };
    }
    const gap = {
      reason: 'invalid-response' as const,
      message: 'The cluster has more pods than were read: what is allocated on its nodes is more than the sums say.',
      mend: 'Look at one node with kubectl describe node.',
    };
    return { data: [...nodes.values()], complete: false, gap };
  },
});

type PodSpec = z.output<typeof Answer>['items'][number]['spec'];

function addPod(nodes: Map<string, NodeAllocation>, spec: PodSpec): void {
  const node = spec.nodeName ?? '';
  if (node === '') return;
  const known = nodes.get(node) ?? { node, pods: 0, ...NOTHING_ALLOCATED };
  nodes.set(node, { node, pods: known.pods + 1, ...addAllocations(known, allocationOf(normalise(spec))) });
}

function normalise(spec: PodSpec): PodResources {
  return {
    containers: spec.containers.map(({ resources }) => resourcesOf(resources)),
    initContainers: (spec.initContainers ?? []).map(({ resources, restartPolicy }) => ({
      ...resourcesOf(resources),
      sidecar: restartPolicy === 'Always',
    })),
    whole: resourcesOf(spec.resources),
    overhead: spec.overhead ?? {},
  };
}

const resourcesOf = (resources: z.output<typeof Resources>) => ({ requests: resources?.requests ?? {}, limits: resources?.limits ?? {} });
