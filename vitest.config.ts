import { defineConfig } from 'vitest/config';

/** Tests that run a whole world, real time included: one at a time, after the others, so that nothing else slows it down. */
const WORLDS = ['test/e2e/**/*.test.ts', 'test/sandbox/world/**/*.test.ts', 'test/sandbox/main.test.ts', 'test/sandbox/slack/page.test.ts'];

export default defineConfig({
  test: {
    reporters: ['default', './test/support/summary-reporter.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    // What is waited for comes at once on a quiet machine; a busy one may take its time, and nothing is slower for that. None of it is a promise.
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    projects: [
      {
        extends: true,
        test: { name: 'parts', include: ['test/**/*.test.ts'], exclude: WORLDS, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: {
          ...{ name: 'worlds', include: WORLDS, maxWorkers: 1, fileParallelism: false, sequence: { groupOrder: 1 } },
          ...{ testTimeout: 600_000, hookTimeout: 600_000 },
        },
      },
    ],
  },
});
