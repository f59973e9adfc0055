import { type Node, nodes } from '../evidence/nodes.ts';
import { pods } from '../evidence/pods.ts';
import { secondsSince } from '../rules/moments.ts';
import { count, seconds, short, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type NodeFacts = {
  /** Nodes of the cluster, and how many of them take new pods. */
  total: number;
  open: number;
  /** Nodes that pods of the Deployment are on. */
  used: number;
  /** Those of them that are not ready, with the names of their pods, separated by spaces. */
  down: { node: string; reason: string; message: string; sinceSeconds: number | null; pods: string }[];
  /** Those of them that are short of something, or closed to new pods. */
  strained: { node: string; trouble: string }[];
};

export const k8sNodes = defineCheck({
  id: 'k8s.nodes',
  title: 'Nodes of the pods',
  needs: { nodes, pods },
  judge({ nodes: { data: all }, pods: { data: living } }, { now }): Judgement<NodeFacts> {
    const podsOn = (node: Node) => living.filter((pod) => pod.node === node.name).map(({ name }) => name);
    const used = all.filter((node) => podsOn(node).length > 0);
    const down = used
      .filter(({ ready }) => !ready)
      .map((node) => ({
        node: node.name,
        reason: node.reason,
        message: short(node.message),
        sinceSeconds: secondsSince(node.since, now),
        pods: podsOn(node).join(' '),
      }));
    const strained = used.filter(({ ready }) => ready).flatMap((node) => troubles(node).map((trouble) => ({ node: node.name, trouble })));
    const facts = {
      total: all.length,
      open: all.filter(({ ready, cordoned }) => ready && !cordoned).length,
      used: used.length,
      down,
      strained,
    };
    const [first] = down;
    if (first !== undefined)
      return {
        verdict: 'fail',
        summary: `${down.length} of ${count(used.length, 'node')} with pods of the Deployment ${down.length === 1 ? 'is' : 'are'} not ready: ${first.node}${first.sinceSeconds === null ? '' : ` for ${seconds(first.sinceSeconds)}`} (${first.reason || 'no reason given'}).`,
        facts,
      };
    if (strained.length > 0)
      return {
        verdict: 'warn',
        summary: `Nodes of the pods are in trouble: ${some(strained.map(({ node, trouble }) => `${node} (${trouble})`))}.`,
        facts,
      };
    return { verdict: 'ok', summary: `${count(used.length, 'node')} of ${all.length} carry the pods, and all of those are ready.`, facts };
  },
});

const troubles = ({ pressures, cordoned }: Node) => [...pressures, ...(cordoned ? ['closed to new pods'] : [])];
