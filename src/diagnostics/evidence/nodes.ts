import { z } from 'zod';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTransitionTime: z.date().nullish(),
});
const Answer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ unschedulable: z.boolean().default(false) }).prefault({}),
      status: z
        .object({ conditions: z.array(Condition).default([]), allocatable: z.record(z.string(), z.string()).default({}) })
        .prefault({}),
    }),
  ),
});

export interface Node {
  readonly name: string;
  readonly ready: boolean;
  /** Why it is not ready, in the words of the node controller or of its kubelet. */
  readonly reason: string;
  readonly message: string;
  /** Since when it is ready, or is not. */
  readonly since: Date | null;
  /** Kept free of new pods by a person. */
  readonly cordoned: boolean;
  /** Such as MemoryPressure. */
  readonly pressures: readonly string[];
  readonly allocatable: { readonly cpu: string | null; readonly memory: string | null };
}

/** The nodes of the cluster. Reading them is a permission of the whole cluster, which the bot can do without. */
export const nodes = defineSource<readonly Node[]>({
  id: 'k8s.nodes',
  title: 'Nodes',
  permission: 'ClusterRole rule {apiGroups: [""], resources: ["nodes"], verbs: ["get", "list"]} (optional)',
  asked: (target) => kubectl(target, 'get nodes -o wide'),
  async collect({ clients, signal }) {
    const { items } = parseAnswer(Answer, await clients.kubernetes.nodes(signal), 'The list of nodes');
    return { data: items.map(normalise), complete: true };
  },
});

function normalise({ metadata, spec, status }: z.output<typeof Answer>['items'][number]): Node {
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  return {
    name: metadata.name,
    ready: ready?.status === 'True',
    reason: ready?.reason ?? '',
    message: ready?.message ?? '',
    since: ready?.lastTransitionTime ?? null,
    cordoned: spec.unschedulable,
    pressures: status.conditions.filter(({ type, status: value }) => type.endsWith('Pressure') && value === 'True').map(({ type }) => type),
    allocatable: { cpu: status.allocatable.cpu ?? null, memory: status.allocatable.memory ?? null },
  };
}
