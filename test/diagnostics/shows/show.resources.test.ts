import { describe, expect, it } from 'vitest';
import { nodeAllocation } from '../../../src/diagnostics/evidence/node-allocation.ts';
import { nodeMetrics } from '../../../src/diagnostics/evidence/node-metrics.ts';
import { nodes } from '../../../src/diagnostics/evidence/nodes.ts';
import { podMetrics } from '../../../src/diagnostics/evidence/pod-metrics.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { showResources } from '../../../src/diagnostics/shows/show.resources.ts';
import type { Evidence } from '../../../src/diagnostics/types.ts';
import { context, given, NOW } from '../support/evidence.ts';
import { podOf } from '../support/samples.ts';

const GiB = 2 ** 30;
const MiB = 2 ** 20;
const nodeOf = (name: string, changes = {}) => ({
  name,
  ready: true,
  reason: '',
  message: '',
  since: null,
  cordoned: false,
  pressures: [],
  allocatable: { cpu: '4', memory: '8Gi' },
  ...changes,
});
const usageOf = (pod: string, cpuCores: number) => ({
  pod,
  at: NOW,
  containers: [{ name: 'hotswap', cpuCores, memoryBytes: 128 * MiB }],
});
const somePods = given(pods, [podOf('a'), podOf('b', { node: 'node-2', resources: [] }), podOf('c')]);
const someMetrics = given(podMetrics, [usageOf('a', 0.125), usageOf('b', 0.2)]);
const someNodes = given(nodes, [nodeOf('node-1'), nodeOf('node-2', { ready: false, cordoned: true, pressures: ['MemoryPressure'] })]);
const shown = (evidence: readonly Evidence<unknown>[], question = {}) =>
  showResources.tables(new Map(evidence.map((one) => [one.source, one])), { ...context, question });

describe('pods', () => {
  it('that are not there are said to be none', () =>
    expect(shown([somePods, someMetrics], { pod: 'gone' })[0]).toMatchObject({
      rows: [],
      note: expect.stringContaining('has no pod "gone"'),
    }));

  it('are listed with what they use of requests and limits, the busiest first', () =>
    expect(shown([somePods, someMetrics])[0]?.rows).toEqual([
      ['b', '200m', 'none', 'none', '128 MiB', 'none', 'none'],
      ['a', '125m', '250m (50 % used)', '500m (25 % used)', '128 MiB', '256 MiB (50 % used)', '512 MiB (25 % used)'],
      ['c', '?', '250m', '500m', '?', '256 MiB', '512 MiB'],
    ]));

  it('are listed without what could not be read, which is said', () => {
    const [table] = shown([somePods], { pod: 'a' });
    expect(table?.rows).toEqual([['a', '?', '250m', '500m', '?', '256 MiB', '512 MiB']]);
    expect(table?.note).toContain('could not be read');
  });
});

describe('nodes', () => {
  const metrics = given(nodeMetrics, [{ node: 'node-1', cpuCores: 1, memoryBytes: 2 * GiB }]);
  const allocated = given(nodeAllocation, [
    { node: 'node-1', pods: 9, cpuRequest: 3, cpuLimit: 6, memoryRequest: 4 * GiB, memoryLimit: 16 * GiB },
  ]);

  it('are listed with what is used and allocated of what they have', () => {
    const [cpu, memory] = shown([someNodes, metrics, allocated]);
    expect(cpu?.rows).toEqual([
      ['node-1', 'ready', '4000m', '1000m (25 %)', '3000m (75 %)', '6000m (150 %)'],
      ['node-2', 'NOT READY, cordoned, MemoryPressure', '4000m', '?', '0m (0 %)', '0m (0 %)'],
    ]);
    expect(memory?.rows[0]).toEqual(['node-1', 'ready', '8 GiB', '2 GiB (25 %)', '4 GiB (50 %)', '16 GiB (200 %)']);
  });

  it('are the one of the pod that was asked for, and never show what could not be read as nothing', () => {
    const [, cpu] = shown([somePods, someNodes], { pod: 'a' });
    expect(cpu?.rows).toEqual([['node-1', 'ready', '4000m', '?', '?', '?']]);
    expect(cpu?.note).toContain('could not be read');
  });

  it('are left out without any right to see them', () => expect(shown([somePods, someMetrics])).toHaveLength(1));

  it('are listed with what their metrics tell, where they themselves may not be read', () =>
    expect(shown([metrics])[0]?.rows).toEqual([['node-1', '?', '?', '1000m', '?', '?']]));
});
