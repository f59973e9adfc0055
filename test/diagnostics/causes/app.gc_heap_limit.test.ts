import { describe, expect, it } from 'vitest';
import { heapLimitReached as cause } from '../../../src/diagnostics/causes/app.gc_heap_limit.ts';
import { logged } from '../support/facts.ts';
import { concludeMemory, killedYoung, mebibytes, memoryContext } from '../support/memory.ts';

const { logs } = logged('log.oom.managed', 10);
const full = { logs, trend: { heapPeakBytes: mebibytes(70), heapLimitBytes: mebibytes(72), heapLimitFrom: 'DOTNET_GCHeapHardLimit' } };

describe('app.gc_heap_limit', () => {
  it('is confirmed where allocations fail and the heap is at its limit', () => {
    expect(concludeMemory(cause, full)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(memoryContext(full))).toContain('72 MiB, which DOTNET_GCHeapHardLimit sets');
    expect(cause.advice?.(memoryContext(full)).join(' ')).toContain('hexadecimal');
  });

  it('is likely where the heap is not known', () => {
    expect(concludeMemory(cause, { logs, trend: { heapPeakBytes: null } })).toMatchObject({ kind: 'concluded', certainty: 'likely' });
    expect(concludeMemory(cause, { logs, trend: null })).toMatchObject({ kind: 'concluded', certainty: 'likely' });
  });

  it('speaks of the default share where no variable sets a limit', () => {
    expect(cause.advice?.(memoryContext({ logs })).join(' ')).toContain('75 %');
  });

  it.each([
    ['no allocation fails', {}],
    ['it was logged a while ago', logged('log.oom.managed', 600)],
    ['the kernel killed a container', { ...full, pods: { states: killedYoung('a') } }],
  ])('is ruled out where %s', (_, changes) => expect(concludeMemory(cause, changes).kind).toBe('ruled-out'));
});
