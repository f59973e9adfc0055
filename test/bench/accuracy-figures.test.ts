import { describe, expect, it } from 'vitest';
import { figuresOf, missedTargets, type Run } from '../../bench/accuracy/figures.ts';

type Certainty = 'confirmed' | 'likely' | 'possible';

function run(
  truth: string | null,
  causes: readonly (readonly [string, Certainty])[],
  durationMs = 1_000,
  verdicts: readonly string[] = ['ok'],
): Run {
  const diagnosed = {
    durationMs,
    diagnoses: causes.map(([cause, certainty]) => ({ cause, certainty, benign: cause === 'benign', role: 'root' as const })),
    checks: verdicts.map((verdict, index) => ({ id: `c${index}`, verdict })),
  };
  return {
    incident: 'i',
    seed: 1,
    truth,
    benign: false,
    accepted: [],
    auto: { topic: 'auto', diagnosed },
    own: truth === null ? undefined : { topic: 'own', diagnosed },
    others: [],
  };
}

describe('the figures of the accuracy bench', () => {
  it('count a true cause that came first, and one that came later', () => {
    const figures = figuresOf([
      run('a', [['a', 'likely']]),
      run('a', [
        ['b', 'likely'],
        ['c', 'possible'],
        ['a', 'likely'],
      ]),
      run('a', []),
    ]);
    expect(figures.top1).toBeCloseTo(1 / 3);
    expect(figures.top3).toBeCloseTo(2 / 3);
  });

  it('count alarms where nothing was wrong, but neither possibilities nor what is benign', () => {
    const figures = figuresOf([
      run(null, [
        ['a', 'likely'],
        ['b', 'possible'],
        ['benign', 'confirmed'],
      ]),
      run('c', [['d', 'confirmed']]),
    ]);
    expect(figures.falseAlarms).toBe(1);
    expect(missedTargets(figures)).toContain('falseAlarms');
  });

  it('count answers that name a root which is not there, whichever topic was asked', () => {
    const sick = run('a', [['a', 'confirmed']]);
    const stranger = { topic: 'other', diagnosed: run('a', [['b', 'likely']]).auto.diagnosed };
    expect(figuresOf([{ ...sick, others: [stranger] }]).wrongRoots).toBeCloseTo(1 / 3);
    expect(figuresOf([{ ...sick, others: [stranger], accepted: ['b'] }]).wrongRoots).toBe(0);
  });

  it('take what a benign truth explains for no fault, and anything else for an alarm', () => {
    const benign = { ...run('benign', [['benign', 'confirmed']]), benign: true };
    expect(figuresOf([benign])).toMatchObject({ top1: 1, falseAlarms: 0 });
    expect(figuresOf([{ ...benign, others: [run('x', [['a', 'likely']]).auto] }]).falseAlarms).toBe(1);
  });

  it('count checks that could not look, and take durations by nearest rank', () => {
    const figures = figuresOf([run(null, [], 10, ['ok', 'unknown']), run(null, [], 30, ['ok', 'fail']), run(null, [], 20, [])]);
    expect(figures).toMatchObject({ unknownRate: 0.25, p50Ms: 20, p95Ms: 30 });
  });
});
