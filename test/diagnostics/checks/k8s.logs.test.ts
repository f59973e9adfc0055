import { describe, expect, it } from 'vitest';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { podLogs } from '../../../src/diagnostics/evidence/pod-logs.ts';
import { parseLog } from '../../../src/diagnostics/rules/log-lines.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

function logs(...lines: string[]) {
  const messages = parseLog(lines.map((line) => `2026-11-23T11:59:00.000000000Z ${line}`).join('\n')).map((message) => ({
    ...message,
    pod: 'a',
  }));
  return given(podLogs, { sinceSeconds: 900, podsRead: 3, messages });
}

describe('k8s.logs', () => {
  it('is well where there is no error', () =>
    expectNeverOkOverGaps(k8sLogs, logs('[11:59:00 INF] Hotswap.Api: Handled request 1 in 12 ms')));

  it.each([
    ['unknown', 'silence', []],
    ['warn', 'errors', ['[11:59:00 ERR] Hotswap.Api: It broke']],
    ['fail', 'a fatal message', ['[11:59:00 FTL] Hotswap.Api: It ends']],
    ['warn', 'a known warning', ['[11:59:00 WRN] Hotswap.Locks: Failed to acquire lock for resource deploy-7']],
    ['ok', 'an unknown warning', ['[11:59:00 WRN] Hotswap.Api: Slow']],
  ] as const)('is %s: %s', (verdict, _, lines) => expect(run(k8sLogs, logs(...lines)).verdict).toBe(verdict));

  it('counts signatures with the time of the last one', () => {
    const result = run(
      k8sLogs,
      logs('[11:59:00 WRN] X: Failed to acquire lock for resource a', '[11:59:00 WRN] X: Failed to acquire lock for resource b'),
    );
    expect(result.facts?.signatures).toEqual([
      { signature: 'log.advisory_contention', count: 2, pods: 1, lastAt: '2026-11-23T11:59:00.000000000Z' },
    ]);
  });
});
