/** What keeps a pod off a node. */
export type Obstacle = 'memory' | 'cpu' | 'pods' | 'anti-affinity' | 'affinity' | 'taint' | 'cordoned' | 'volume' | 'other';

export interface Unschedulable {
  /** Nodes of the cluster; null where the scheduler does not say. */
  readonly nodes: number | null;
  /** What each obstacle keeps off, the most frequent first. `nodes` null: it is about the pod itself. */
  readonly obstacles: readonly { readonly what: Obstacle; readonly nodes: number | null; readonly text: string }[];
}

/** Words of the scheduler's filters, from Kubernetes 1.20 on. */
const OBSTACLES: readonly (readonly [Obstacle, RegExp])[] = [
  ['memory', /Insufficient memory/i],
  ['cpu', /Insufficient cpu/i],
  ['pods', /Too many pods|Insufficient pods/i],
  ['anti-affinity', /anti-affinity/i],
  ['affinity', /node affinity|node selector|didn't match Pod's node|pod affinity/i],
  ['taint', /taint/i],
  ['cordoned', /were unschedulable/i],
  ['volume', /PersistentVolumeClaim|volume node affinity|volume zone|persistentvolumeclaim/i],
];

/** "0/3 nodes are available: 2 Insufficient memory, 1 node(s) had untolerated taint {…}. preemption: …" */
export function parseUnschedulable(message: string): Unschedulable {
  const [, nodes, rest = message] = /^\d+\/(\d+) nodes are available: ([\s\S]*)$/.exec(message.trim()) ?? [];
  const filters = rest.replace(/\.?\s*preemption:[\s\S]*$/i, '').replace(/\.\s*$/, '');
  const obstacles = filters
    .split(/[,.] +(?=\d+ |persistentvolumeclaim|pod has)/i)
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map((part) => {
      const [, many, text = part] = /^(\d+) (.*)$/s.exec(part) ?? [];
      const what = OBSTACLES.find(([, pattern]) => pattern.test(text))?.[0] ?? 'other';
      return { what, nodes: many === undefined ? null : Number(many), text };
    });
  return {
    nodes: nodes === undefined ? null : Number(nodes),
    obstacles: obstacles.sort((a, b) => (b.nodes ?? 0) - (a.nodes ?? 0)),
  };
}
