import { describe, expect, it } from 'vitest';
import { exitCode } from '../../src/cli/exit-code.ts';
import type { Diagnosis, Report } from '../../src/diagnostics/report.ts';

const diagnosis: Diagnosis = {
  cause: 'db.lock.idle_tx',
  title: 'A lock',
  certainty: 'confirmed',
  benign: false,
  role: 'root',
  explainedBy: null,
  explains: [],
  summary: '',
  evidence: [],
  remediations: [],
  advice: [],
};

describe('the exit code', () => {
  const outcomes: readonly (readonly [number, string, readonly Diagnosis[], Report['outcome']])[] = [
    [1, 'a cause was concluded, whatever else could not be seen', [diagnosis], 'cause-found'],
    [2, 'a benign state was concluded and something could not be seen', [{ ...diagnosis, benign: true }], 'could-not-look'],
    [2, 'something could not be seen', [], 'could-not-look'],
    [0, 'everything was seen and nothing is wrong', [], 'healthy'],
    [0, 'only a benign state was concluded', [{ ...diagnosis, benign: true }], 'explained'],
    [0, 'tables were shown', [], 'shown'],
  ];

  it.each(outcomes)('is %i where %s', (code, _, diagnoses, outcome) => {
    expect(exitCode({ diagnoses: [...diagnoses], outcome })).toBe(code);
  });
});
