import { describe, expect, it } from 'vitest';
import { nativeLeak as cause } from '../../../src/diagnostics/causes/perf.memory_native_leak.ts';
import { concludeMemory, growing, memoryContext } from '../support/memory.ts';

describe('perf.memory_native_leak', () => {
  it('is confirmed where most pods grow and the heap does not', () => {
    expect(concludeMemory(cause, growing(0.02))).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(concludeMemory(cause, growing(-0.1))).toMatchObject({ kind: 'concluded' });
    expect(cause.summary(memoryContext(growing(0.02)))).toContain('memory that no collection reaches');
  });

  it('offers nothing, and says where to look', () => {
    expect(cause.remediations).toBeUndefined();
    expect(cause.advice?.(memoryContext(growing(0))).join(' ')).toContain('smaps_rollup');
  });

  it.each([
    ['the heap grows with it', growing(0.9)],
    ['nothing grows', {}],
    ['traffic explains it', { ...growing(0), traffic: { requestsPerSecond: 40, requestsPerSecondAnHourAgo: 20 } }],
  ])('is ruled out where %s', (_, changes) => expect(concludeMemory(cause, changes).kind).toBe('ruled-out'));
});
