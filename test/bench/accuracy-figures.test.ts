import { describe, expect, it } from 'vitest';
import { figuresOf, missedTargets, type Run } from '../../bench/accuracy/figures.ts';

type Certainty = 'confirmed' | 'likely' | 'possible';

function run(
  truth: string | null,
  causes: readonly (readonly [string, Certainty])[],
  durationMs = 1_000,
  verdicts: readonly string[] = ['ok'],
): Run {
  return {
    incident: 'i',
    seed: 1,
    truth,
    diagnosed: {
      durationMs,
      diagnoses: causes.map(([cause, certainty]) => ({ cause, certainty, benign: cause === 'benign' })),
      checks: verdicts.map((verdict, index) => ({ id: `c${index}`, verdict })),
    },
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

  it('count checks that could not look, and take durations by nearest rank', () => {
    const figures = figuresOf([run(null, [], 10, ['ok', 'unknown']), run(null, [], 30, ['ok', 'fail']), run(null, [], 20, [])]);
    expect(figures).toMatchObject({ unknownRate: 0.25, p50Ms: 20, p95Ms: 30 });
  });
});
