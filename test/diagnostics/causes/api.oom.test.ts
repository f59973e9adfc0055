import { describe, expect, it } from 'vitest';
import { outOfMemory as cause } from '../../../src/diagnostics/causes/api.oom.ts';
import { concludePods, offersForPods, oneOfThree, podsFacts, ROLLED_OUT, wordsForPods } from '../support/pod-facts.ts';

describe('api.oom', () => {
  const bad = {
    pods: oneOfThree({ state: 'oom', container: 'hotswap', reason: 'OOMKilled', exitCode: 137, restarts: 2, endedSecondsAgo: 45 }),
  };

  it('is confirmed where a container was killed for want of memory', () => {
    expect(concludePods(cause, bad)).toMatchObject({ kind: 'concluded', certainty: 'confirmed' });
    expect(wordsForPods(cause, bad)).toContain(
      'killed a container in c when it reached its limit of 512 MiB, the last time 45 s ago (2 restarts)',
    );
  });

  it('is better supported where memory is near its limit', () => {
    const score = (memoryMaxRatio: number) => {
      const conclusion = concludePods(cause, { ...bad, usage: { memoryMaxRatio } });
      return conclusion.kind === 'concluded' ? conclusion.score : 0;
    };
    expect(score(0.95)).toBeGreaterThan(score(0.5));
  });

  it('is ruled out where none was', () => expect(concludePods(cause, { pods: podsFacts() }).kind).toBe('ruled-out'));

  it('offers half as much memory more, of the one container, and to go back first where a rollout brought it', () => {
    const raise = expect.objectContaining({ id: 'fix.k8s.raise_memory', params: { container: 'hotswap', memory: '768Mi' } });
    expect(offersForPods(cause, bad)).toEqual([raise]);
    expect(offersForPods(cause, { ...bad, revisions: ROLLED_OUT })).toEqual([expect.objectContaining({ id: 'fix.k8s.rollback' }), raise]);
    expect(wordsForPods(cause, bad)).toContain('--containers=hotswap --limits=memory=768Mi');
    expect(offersForPods(cause, { ...bad, deployment: { memoryLimit: null } })).toEqual([]);
  });
});
