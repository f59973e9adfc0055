import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { nodes } from '../../diagnostics/evidence/nodes.ts';
import { ifSeen } from '../../diagnostics/evidence/optional.ts';
import { parseQuantity } from '../../diagnostics/rules/quantity.ts';
import { defineSource, type SourceContext } from '../../diagnostics/types.ts';

const Quantities = z.record(z.string(), z.string()).nullish();
const Answer = z.object({
  metadata: z.object({ _continue: z.string().optional() }).prefault({}),
  items: z.array(
    z.object({
      metadata: z.object({ ownerReferences: z.array(z.object({ kind: z.string() })).default([]) }).prefault({}),
      spec: z.object({
        nodeName: z.string().nullish(),
        containers: z.array(z.object({ resources: z.object({ requests: Quantities }).nullish() })).default([]),
      }),
    }),
  ),
});

/** What one pod can have of the roomiest node. */
interface NodeRoom {
  readonly node: string;
  /** What the node gives to pods, without what those that run on every node ask for. Bytes. */
  readonly bytes: number;
  /** What those of DaemonSets ask for on it; null where the pods of other namespaces cannot be seen. Bytes. */
  readonly daemons: number | null;
}

/** Null where nodes cannot be seen, which is a permission of the whole cluster that the bot can do without. */
export const nodeRoom = defineSource<NodeRoom | null>({
  id: 'fix.node-room',
  title: 'Memory of the largest node',
  permission: `${nodes.permission}, and pods of all namespaces (optional)`,
  asked: nodes.asked,
  async collect(context) {
    const seen = await ifSeen(context, nodes);
    if (seen === null) return { data: null, complete: true };
    const daemons = await daemonRequests(context);
    const rooms = seen.data.flatMap(({ name, ready, cordoned, allocatable: { memory } }): NodeRoom[] => {
      const given = memory === null ? undefined : parseQuantity(memory);
      if (!ready || cordoned || given === undefined) return [];
      const used = daemons?.get(name) ?? 0;
      return [{ node: name, bytes: given - used, daemons: daemons === null ? null : used }];
    });
    const [roomiest] = rooms.sort((a, b) => b.bytes - a.bytes);
    return { data: roomiest ?? null, complete: true };
  },
});

/** Pages of pods; on larger clusters the sums are too small by what was not read. */
const MOST_PAGES = 15;

/** Memory that the pods of DaemonSets ask for, by node; null where they cannot be seen. */
async function daemonRequests({ clients, signal }: SourceContext): Promise<ReadonlyMap<string, number> | null> {
  const sums = new Map<string, number>();
  let next: string | undefined;
  try {
    for (let page = 0; page < MOST_PAGES; page++) {
      const { items, metadata } = parseAnswer(Answer, await clients.kubernetes.allPods(next, signal), 'The list of all pods');
      for (const { metadata: own, spec } of items) if (own.ownerReferences.some(({ kind }) => kind === 'DaemonSet')) add(sums, spec);
      next = metadata._continue === '' ? undefined : metadata._continue;
      if (next === undefined) break;
    }
    return sums;
  } catch (error) {
    if (error instanceof ReadError) return null;
    throw error;
  }
}

function add(sums: Map<string, number>, { nodeName, containers }: z.output<typeof Answer>['items'][number]['spec']): void {
  if (nodeName === null || nodeName === undefined) return;
  const own = containers.reduce((sum, { resources }) => sum + (parseQuantity(resources?.requests?.memory ?? '0') ?? 0), 0);
  sums.set(nodeName, (sums.get(nodeName) ?? 0) + own);
}
