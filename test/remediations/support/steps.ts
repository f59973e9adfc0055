import type { StepContext } from '../../../src/remediations/executor/verb.ts';

/** What a verb may use while a test runs it. */
export function stepContext(change: Partial<StepContext> = {}): StepContext {
  return {
    now: () => new Date(),
    wait: (ms) => new Promise((resolve) => setTimeout(resolve, Math.min(ms, 50))),
    stopRequested: async () => false,
    report: async () => {},
    confirm: async () => {},
    pollMs: 50,
    deadlineMs: 10_000,
    ...change,
  };
}
