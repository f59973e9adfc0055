import { describe, expect, it } from 'vitest';
import { addAllocations, allocationOf, NOTHING_ALLOCATED, type PodResources } from '../../../src/diagnostics/rules/pod-allocation.ts';

const NONE = { requests: {}, limits: {} };
const podOf = (changes: Partial<PodResources> = {}): PodResources => ({
  containers: [],
  initContainers: [],
  whole: NONE,
  overhead: {},
  ...changes,
});
const cpu = (requests: string, limits?: string) => ({ requests: { cpu: requests }, limits: limits === undefined ? {} : { cpu: limits } });

describe('what is set aside for a pod', () => {
  it('is the sum of its containers; one that states nothing counts as nothing', () => {
    const memory = { requests: { memory: '1Gi' }, limits: { memory: '2Gi' } };
    expect(allocationOf(podOf({ containers: [cpu('250m', '500m'), cpu('1'), memory, NONE] }))).toEqual({
      cpuRequest: 1.25,
      cpuLimit: 0.5,
      memoryRequest: 2 ** 30,
      memoryLimit: 2 ** 31,
    });
  });

  it.each([
    ['an init container that needs more', [{ ...cpu('2'), sidecar: false }], 2],
    ['an init container that needs less', [{ ...cpu('200m'), sidecar: false }], 0.5],
    ['a sidecar, which keeps running', [{ ...cpu('250m'), sidecar: true }], 0.75],
    [
      'an init container beside a sidecar',
      [
        { ...cpu('250m'), sidecar: true },
        { ...cpu('1'), sidecar: false },
      ],
      1.25,
    ],
  ])('counts %s', (_, initContainers, cpuRequest) =>
    expect(allocationOf(podOf({ containers: [cpu('500m')], initContainers })).cpuRequest).toBe(cpuRequest),
  );

  it('is what the pod states as a whole, where it does', () =>
    expect(allocationOf(podOf({ containers: [cpu('500m')], whole: cpu('2', '3') }))).toMatchObject({ cpuRequest: 2, cpuLimit: 3 }));

  it('has the overhead of its sandbox on top, which is no limit where there is none', () => {
    const pod = podOf({ containers: [cpu('500m')], overhead: { cpu: '250m' } });
    expect(allocationOf(pod)).toMatchObject({ cpuRequest: 0.75, cpuLimit: 0 });
  });

  it('can be added up', () => {
    const one = allocationOf(podOf({ containers: [cpu('500m', '1')] }));
    expect(addAllocations(addAllocations(NOTHING_ALLOCATED, one), one)).toMatchObject({ cpuRequest: 1, cpuLimit: 2 });
  });
});
