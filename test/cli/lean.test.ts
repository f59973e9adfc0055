import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';

/** Makes much that lives for a while, and prints how large the young generation is then. Megabytes. */
const CHURN = `
let kept = [];
for (let at = 0; at < 2e6; at++) {
  kept.push({ at });
  if (kept.length > 2e5) kept = [];
}
const young = require('node:v8').getHeapSpaceStatistics().find(({ space_name: name }) => name === 'new_space');
process.stdout.write(String(young.space_size / 2 ** 20));
`;

const youngMb = (options: readonly string[]) => {
  const { stdout, stderr } = spawnSync(process.execPath, [...options, '--eval', CHURN], { encoding: 'utf8' });
  expect(stderr).toBe(''); // of a flag that V8 does not know it says so there
  return Number(stdout);
};

describe('what is preloaded into processes that make bundles', () => {
  it('keeps the young generation small', () => {
    expect(youngMb(['--import', './bin/lean.mjs']) * 4).toBeLessThan(youngMb([])); // 2 to 5 MB against 32 or 64
  });
});
