import { describe, expect, it } from 'vitest';
import { limitTooLow as cause } from '../../../src/diagnostics/causes/perf.memory_limit_low.ts';
import { concludeMemory, growing, killedYoung, mebibytes, memoryContext, stateOf } from '../support/memory.ts';

const young = { measuredPods: 0, youngPods: 3, limitBytes: mebibytes(200), peakBytes: mebibytes(199) };
const lowered = { trend: { ...young, earlierLimitBytes: mebibytes(512) }, pods: { states: killedYoung('a', 'b', 'c') } };
const plateau = { trend: { plateauPods: 3, highestFloorBytes: mebibytes(470), peakBytes: mebibytes(500) } };

describe('perf.memory_limit_low', () => {
  it('is confirmed where pods are killed soon after their start, below what the revision before had', () => {
    expect(concludeMemory(cause, lowered)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(cause.summary(memoryContext(lowered))).toContain('It was 512 MiB in the revision before');
  });

  it('is confirmed where the pods before these used more than the limit', () => {
    const used = { ...lowered, trend: { ...young, earlierPeakBytes: mebibytes(240) } };
    expect(concludeMemory(cause, used)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
  });

  it('is likely where memory stays just below the limit without growing', () => {
    expect(concludeMemory(cause, plateau)).toMatchObject({ kind: 'concluded', certainty: 'likely' });
  });

  it('offers what the revision before had, or room above what was used, at most twice as much', () => {
    const offer = (changes: Parameters<typeof memoryContext>[0]) => cause.remediations?.(memoryContext(changes))[0];
    expect(offer(lowered)).toMatchObject({ id: 'fix.k8s.raise_memory', params: { container: 'hotswap', memory: '400Mi' } });
    expect(offer(plateau)).toMatchObject({ params: { memory: '704Mi' } });
    expect(cause.advice?.(memoryContext(plateau)).join(' ')).toContain('--limits=memory=704Mi');
  });

  it.each([
    ['nobody was killed, and there is room', {}],
    [
      'pods are killed, and the limit is what it was',
      { ...lowered, trend: { ...young, earlierLimitBytes: mebibytes(200), earlierPeakBytes: mebibytes(150) } },
    ],
    ['one pod of three was killed', { ...lowered, pods: { states: [...killedYoung('a'), stateOf('b'), stateOf('c')] } }],
    ['pods are killed after hours', { ...lowered, pods: { states: ['a', 'b'].map((pod) => stateOf(pod, { state: 'oom', restarts: 1 })) } }],
    ['memory grows: that is a leak', { trend: { ...plateau.trend, ...growing(1).trend } }],
  ])('is ruled out where %s', (_, changes) => expect(concludeMemory(cause, changes).kind).toBe('ruled-out'));

  it('explains the kills', () => expect(cause.explains).toEqual(expect.arrayContaining(['api.oom', 'api.bad_rollout', 'k8s.pods'])));
});
