import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

/** The exit code of a process whose tests ended so, and which something else ends with 0. */
const exitCodeAfter = (reason: string) =>
  spawnSync(process.execPath, [
    '--eval',
    `import('./test/support/summary-reporter.ts').then(({ default: Reporter }) => {
      new Reporter().onTestRunEnd([], [], '${reason}');
      process.exit(0);
    })`,
  ]).status;

it.each([
  ['passed', 0],
  ['failed', 1],
  ['interrupted', 1],
])('ends a run that %s with %i, whoever ends the process', (reason, code) => expect(exitCodeAfter(reason)).toBe(code));
