import { describe, expect, it } from 'vitest';
import { nodeDown as cause } from '../../../src/diagnostics/causes/node.down.ts';
import { concludePods, oneOfThree, wordsForPods } from '../support/pod-facts.ts';

describe('node.down', () => {
  const pods = oneOfThree({ state: 'not-ready', node: 'node-2' });
  const down = [
    { node: 'node-2', reason: 'NodeStatusUnknown', message: 'Kubelet stopped posting node status.', sinceSeconds: 120, pods: 'c' },
  ];
  const lostNodes = [{ pod: 'c', note: 'Node is not ready', secondsAgo: 100 }];

  it('is confirmed where the node of an unready pod is not ready', () => {
    expect(concludePods(cause, { pods, nodes: { down } })).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(wordsForPods(cause, { pods, nodes: { down } })).toContain(
      'Node node-2 has not reported to the cluster for 2 min, so c counts as not ready',
    );
  });

  it('is likely by the events, without the permission to read nodes', () => {
    const changes = { pods, nodes: null, events: { lostNodes } };
    expect(concludePods(cause, changes)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(wordsForPods(cause, changes)).toContain('kubectl describe node node-2');
  });

  it('is undecided where neither tells', () => expect(concludePods(cause, { pods, nodes: null }).kind).toBe('undecided'));

  it.each([
    ['all pods are ready', { nodes: { down } }],
    ['the nodes are well', { pods }],
  ])('is ruled out where %s', (_, changes) => expect(concludePods(cause, changes).kind).toBe('ruled-out'));

  it('is ruled out without that permission where all pods are ready', () =>
    expect(concludePods(cause, { nodes: null }).kind).toBe('ruled-out'));
});
