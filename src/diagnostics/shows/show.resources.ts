import { nodeAllocation } from '../evidence/node-allocation.ts';
import { nodeMetrics } from '../evidence/node-metrics.ts';
import { nodes } from '../evidence/nodes.ts';
import { podMetrics } from '../evidence/pod-metrics.ts';
import { noSuchPod, pods } from '../evidence/pods.ts';
import type { Table } from '../report.ts';
import { bytes, cores, percent } from '../rules/phrases.ts';
import { total } from '../rules/pod-usage.ts';
import { parseQuantity } from '../rules/quantity.ts';
import { defineShow, type SeenOf } from '../show.ts';

const needs = { pods, podMetrics, nodes, nodeMetrics, nodeAllocation };

export const showResources = defineShow({
  id: 'show.resources',
  title: 'CPU and memory',
  aliases: ['resources', 'resource', 'top', 'usage'],
  needs,
  tables: (seen, { question }) => [...podTable(seen, question.pod), ...nodeTables(seen, question.pod)],
});

type Seen = SeenOf<typeof needs>;
type Amount = number | null | undefined;

/** `null`: not set; undefined: it could not be read. */
const amount = (value: Amount, show: (value: number) => string) => (value === undefined ? '?' : value === null ? 'none' : show(value));

/** An amount, and how much of it is taken. */
function share(of: Amount, used: Amount, show: (value: number) => string): string {
  const text = amount(of, show);
  return typeof used !== 'number' || typeof of !== 'number' || of === 0 ? text : `${text} (${percent(used / of)} used)`;
}

function podTable({ pods: all, podMetrics: metrics }: Seen, wanted: string | undefined): Table[] {
  if (all === undefined) return [];
  const rows = all
    .filter(({ name }) => wanted === undefined || name === wanted)
    .map(({ name, resources }) => {
      const usage = metrics?.find(({ pod }) => pod === name)?.containers;
      return {
        name,
        cpu: usage?.reduce((sum, { cpuCores }) => sum + cpuCores, 0),
        memory: usage?.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0),
        cpuRequest: total(resources.map((one) => one.cpuRequest)),
        cpuLimit: total(resources.map((one) => one.cpuLimit)),
        memoryRequest: total(resources.map((one) => one.memoryRequest)),
        memoryLimit: total(resources.map((one) => one.memoryLimit)),
      };
    })
    .sort((a, b) => (b.cpu ?? 0) - (a.cpu ?? 0) || a.name.localeCompare(b.name))
    .map(({ name, cpu, memory, cpuRequest, cpuLimit, memoryRequest, memoryLimit }) => [
      name,
      amount(cpu, cores),
      share(cpuRequest, cpu, cores),
      share(cpuLimit, cpu, cores),
      amount(memory, bytes),
      share(memoryRequest, memory, bytes),
      share(memoryLimit, memory, bytes),
    ]);
  const columns = ['pod', 'CPU', 'CPU request', 'CPU limit', 'memory', 'memory request', 'memory limit'];
  const gone = wanted !== undefined && rows.length === 0 ? `${noSuchPod(wanted)} ` : '';
  const note = `${gone}CPU in cores (1000m is one), the busiest pod first.${metrics === undefined ? ' What is used could not be read.' : ''}`;
  return [{ title: 'Pods', columns, rows, note }];
}

function nodeTables(seen: Seen, pod: string | undefined): Table[] {
  const only = pod === undefined ? undefined : seen.pods?.find(({ name }) => name === pod)?.node;
  const names = new Set([seen.nodes, seen.nodeMetrics, seen.nodeAllocation].flatMap((list) => (list ?? []).map(nameOf)));
  if (names.size === 0) return [];
  const rows = [...names]
    .filter((name) => pod === undefined || name === only)
    .sort()
    .map((name) => nodeOf(name, seen));
  const columns = ['node', 'state', 'allocatable', 'used', 'requested', 'limits'];
  const lacking = seen.nodeAllocation === undefined ? 'What is requested could not be read: see below which right is lacking.' : '';
  const note = lacking === '' ? 'Requests and limits are those of all pods on the node, of every namespace.' : lacking;
  return [
    { title: 'CPU of the nodes', columns, rows: rows.map(({ head, cpu }) => [...head, ...cpu]), note },
    { title: 'Memory of the nodes', columns, rows: rows.map(({ head, memory }) => [...head, ...memory]), note: null },
  ];
}

const nameOf = (one: { readonly name: string } | { readonly node: string }) => ('node' in one ? one.node : one.name);

function nodeOf(name: string, { nodes: all, nodeMetrics: metrics, nodeAllocation: allocations }: Seen) {
  const node = all?.find((one) => one.name === name);
  const usage = metrics?.find((one) => one.node === name);
  const nothing = { cpuRequest: 0, cpuLimit: 0, memoryRequest: 0, memoryLimit: 0 };
  const allocated = allocations?.find((one) => one.node === name) ?? (allocations === undefined ? undefined : nothing);
  const cells = (text: string | null | undefined, parts: readonly Amount[], show: (value: number) => string) => {
    const whole = parseQuantity(text ?? '');
    const of = (part: Amount) =>
      typeof part === 'number' && whole !== undefined && whole > 0 ? `${show(part)} (${percent(part / whole)})` : amount(part, show);
    return [amount(whole, show), ...parts.map(of)];
  };
  return {
    head: [name, node === undefined ? '?' : stateOf(node)],
    cpu: cells(node?.allocatable.cpu, [usage?.cpuCores, allocated?.cpuRequest, allocated?.cpuLimit], cores),
    memory: cells(node?.allocatable.memory, [usage?.memoryBytes, allocated?.memoryRequest, allocated?.memoryLimit], bytes),
  };
}

const stateOf = (node: { readonly ready: boolean; readonly cordoned: boolean; readonly pressures: readonly string[] }) =>
  [node.ready ? 'ready' : 'NOT READY', ...(node.cordoned ? ['cordoned'] : []), ...node.pressures].join(', ');
