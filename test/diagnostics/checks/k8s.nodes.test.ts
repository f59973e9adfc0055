import { describe, expect, it } from 'vitest';
import { k8sNodes } from '../../../src/diagnostics/checks/k8s.nodes.ts';
import { type Node, nodes } from '../../../src/diagnostics/evidence/nodes.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { podOf } from '../support/samples.ts';

const node = (name: string, changes: Partial<Node> = {}): Node => ({
  name,
  ready: true,
  reason: 'KubeletReady',
  message: '',
  since: ago(86_400),
  cordoned: false,
  pressures: [],
  allocatable: { cpu: '4', memory: '8Gi' },
  ...changes,
});
const living = [podOf('a', { node: 'n-1' }), podOf('b', { node: 'n-2' })];
const judged = (...all: Node[]) => run(k8sNodes, given(nodes, all), given(pods, living));

describe('k8s.nodes', () => {
  it('is well where the nodes of the pods are', () =>
    expectNeverOkOverGaps(k8sNodes, given(nodes, [node('n-1'), node('n-2'), node('n-3', { ready: false })]), given(pods, living)));

  it('fails where one of them is not ready, and names its pods', () => {
    const down = node('n-2', {
      ready: false,
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
      since: ago(300),
    });
    expect(judged(node('n-1'), down)).toMatchObject({
      verdict: 'fail',
      summary: '1 of 2 nodes with pods of the Deployment is not ready: n-2 for 5 min (NodeStatusUnknown).',
      facts: { down: [{ node: 'n-2', pods: 'b', sinceSeconds: 300 }], open: 1 },
    });
  });

  it.each([
    ['under pressure', { pressures: ['MemoryPressure'] }, 'n-1 (MemoryPressure)'],
    ['closed to new pods', { cordoned: true }, 'n-1 (closed to new pods)'],
  ])('warns where one is %s', (_, changes, text) => {
    const result = judged(node('n-1', changes), node('n-2'));
    expect(result.verdict).toBe('warn');
    expect(result.summary).toContain(text);
  });
});
