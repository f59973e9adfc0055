import { describe, expect, it } from 'vitest';
import { memoryLeak as cause } from '../../../src/diagnostics/causes/perf.memory_leak.ts';
import { concludeMemory, growing, memoryContext } from '../support/memory.ts';

describe('perf.memory_leak', () => {
  it('is confirmed where most pods grow, and their heap with them', () => {
    expect(concludeMemory(cause, growing(0.9))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(memoryContext(growing(1)))).toContain('40 MiB an hour (12 % of what they use)');
    expect(cause.summary(memoryContext(growing(1)))).toContain('512 MiB is reached in 3 h');
  });

  it('offers a restart, which buys time, and dumps, which cost the evidence', () => {
    const offers = cause.remediations?.(memoryContext(growing(1))) ?? [];
    expect(offers.map(({ id }) => id)).toEqual(['fix.k8s.restart', 'fix.k8s.crash_dumps']);
    expect(offers[1]).toMatchObject({ params: { container: 'hotswap' }, reason: expect.stringContaining('destroys') });
  });

  it('never advises what .NET does not know', () => {
    const advice = cause.advice?.(memoryContext(growing(1))).join(' ') ?? '';
    expect(advice).toContain('DOTNET_DbgEnableMiniDump=1');
    expect(advice).not.toContain('EnableHeapDump');
    expect(advice).toContain('No cron job');
  });

  it.each([
    ['memory comes back to the same floor', {}],
    ['the heap stays flat', growing(0.1)],
    ['traffic explains it', { ...growing(0.9), traffic: { requestsPerSecond: 40, requestsPerSecondAnHourAgo: 20 } }],
    ['one pod of three grows', { trend: { growingPods: 1 } }],
  ])('is ruled out where %s', (_, changes) => expect(concludeMemory(cause, changes).kind).toBe('ruled-out'));

  it.each([
    ['the pods are too young', { trend: { measuredPods: 0, youngPods: 3, growthPerHourBytes: null } }],
    ['the heap is not known', { trend: { ...growing(1).trend, heapGrowthPerHourBytes: null } }],
    ['Prometheus could not be asked', { trend: null }],
  ])('is undecided where %s', (_, changes) => expect(concludeMemory(cause, changes).kind).toBe('undecided'));
});
