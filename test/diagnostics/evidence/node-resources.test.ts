import { describe, expect, it } from 'vitest';
import { nodeAllocation } from '../../../src/diagnostics/evidence/node-allocation.ts';
import { nodeMetrics } from '../../../src/diagnostics/evidence/node-metrics.ts';
import { type ApiAnswer, notServed, startApiServer, status } from '../support/api-server.ts';
import { clientsOf, collect, read } from '../support/collect.ts';

const NODE_METRICS = '/apis/metrics.k8s.io/v1beta1/nodes';
const ALL_PODS = '/api/v1/pods';
const world = async (answers: Readonly<Record<string, ApiAnswer>>) => {
  const { kubeconfig, asked } = await startApiServer(answers);
  return { clients: clientsOf({ kubeconfig }), asked };
};
const refusal = status(403, 'Forbidden', 'it is forbidden at the cluster scope');

describe('what nodes use', () => {
  it('is read from the metrics API', async () => {
    const { clients } = await world({
      [NODE_METRICS]: {
        items: [{ metadata: { name: 'node-1' }, timestamp: 'x', window: '30s', usage: { cpu: '1500m', memory: '2048Ki', pods: '9' } }],
      },
    });
    expect(await read(nodeMetrics, clients)).toEqual([{ node: 'node-1', cpuCores: 1.5, memoryBytes: 2 ** 21 }]);
  });

  it.each([
    ['forbidden', refusal, 'ClusterRole'],
    ['not-served', notServed, 'metrics-server'],
  ] as const)('is missing where it is %s', async (reason, answer, mend) => {
    const { clients } = await world({ [NODE_METRICS]: answer });
    expect(await collect(nodeMetrics, clients)).toMatchObject({ kind: 'missing', reason, mend: expect.stringContaining(mend) });
  });
});

describe('what is allocated on nodes', () => {
  const podOn = (nodeName: string | undefined, cpu: string, more: object = {}) => ({
    metadata: { name: 'x' },
    spec: {
      ...(nodeName === undefined ? {} : { nodeName }),
      containers: [
        { name: 'c', image: 'c', resources: { requests: { cpu, memory: '1Gi' } } },
        { name: 'd', image: 'd' },
      ],
      ...more,
    },
    status: { phase: 'Running' },
  });

  it('is the sum of the pods of all namespaces that have not ended', async () => {
    const sidecar = { initContainers: [{ name: 'i', image: 'i', restartPolicy: 'Always', resources: { requests: { cpu: '1' } } }] };
    const items = [podOn('node-1', '500m'), podOn('node-1', '250m', sidecar), podOn('node-2', '1'), podOn(undefined, '4')];
    const { clients, asked } = await world({ [ALL_PODS]: { kind: 'PodList', apiVersion: 'v1', metadata: {}, items } });
    expect(await read(nodeAllocation, clients)).toEqual([
      { node: 'node-1', pods: 2, cpuRequest: 1.75, cpuLimit: 0, memoryRequest: 2 ** 31, memoryLimit: 0 },
      { node: 'node-2', pods: 1, cpuRequest: 1, cpuLimit: 0, memoryRequest: 2 ** 30, memoryLimit: 0 },
    ]);
    expect(asked[0]?.searchParams.get('fieldSelector')).toBe('status.phase!=Succeeded,status.phase!=Failed');
  });

  it('goes on from page to page, and says where it gave up', async () => {
    const page = { kind: 'PodList', apiVersion: 'v1', metadata: { continue: 'more' }, items: [podOn('node-1', '1')] };
    const { clients, asked } = await world({ [ALL_PODS]: page });
    const found = await collect(nodeAllocation, clients);
    expect(found).toMatchObject({ complete: false, data: [{ pods: asked.length }] });
    expect(asked.map(({ searchParams }) => searchParams.get('continue')).slice(0, 2)).toEqual([null, 'more']);
  });

  it('is missing without the permission of the whole cluster, which is named', async () => {
    const { clients } = await world({ [ALL_PODS]: refusal });
    expect(await collect(nodeAllocation, clients)).toMatchObject({ reason: 'forbidden', mend: expect.stringContaining('ClusterRole') });
  });
});
