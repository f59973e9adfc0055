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
const undecided: Report['undecided'] = [
  { cause: 'perf.throttled', title: 'Throttled', because: 'no metrics', checks: ['prom.throttling'] },
];

describe('the exit code', () => {
  it.each([
    [1, 'a cause was concluded, whatever else could not be seen', [diagnosis], undecided],
    [2, 'a benign state was concluded and something could not be seen', [{ ...diagnosis, benign: true }], undecided],
    [2, 'something could not be seen', [], undecided],
    [0, 'everything was seen and nothing is wrong', [], []],
    [0, 'only a benign state was concluded', [{ ...diagnosis, benign: true }], []],
  ])('is %i where %s', (code, _, diagnoses, open) => {
    expect(exitCode({ diagnoses, undecided: open })).toBe(code);
  });
});
