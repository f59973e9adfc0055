import { describe, expect, it } from 'vitest';
import { memoryAutoscaler as cause } from '../../../src/diagnostics/causes/perf.memory_hpa.ts';
import { concludeMemory, memoryContext } from '../support/memory.ts';

const hpa = {
  present: true,
  name: 'hotswap-api',
  maxReplicas: 6,
  currentReplicas: 6,
  atMaximum: true,
  driver: 'memory',
  cpuCurrentPercent: 30,
  cpuTargetPercent: 70,
  memoryCurrentPercent: 85,
  memoryTargetPercent: 60,
} as const;

describe('perf.memory_hpa', () => {
  it('is confirmed where memory holds the autoscaler at its maximum while the CPU is low', () => {
    expect(concludeMemory(cause, { hpa })).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(memoryContext({ hpa }))).toContain('memory is at 85 % of the request (target 60 %)');
    expect(cause.advice?.(memoryContext({ hpa })).join(' ')).toContain('Do not raise its maximum');
    expect(cause.remediations).toBeUndefined();
  });

  it.each([
    ['there is no autoscaler', {}],
    ['it has room', { hpa: { ...hpa, atMaximum: false } }],
    ['it follows the CPU', { hpa: { ...hpa, driver: 'cpu' as const } }],
    ['it does not go by memory', { hpa: { ...hpa, memoryCurrentPercent: null, memoryTargetPercent: null } }],
    ['the CPU is busy', { hpa, cpu: { cpuMeanRatio: 0.9 } }],
  ])('is ruled out where %s', (_, changes) => expect(concludeMemory(cause, changes).kind).toBe('ruled-out'));
});
