import { describe, expect, it } from 'vitest';
import { k8sLogs } from '../../../src/diagnostics/checks/k8s.logs.ts';
import { podLogs } from '../../../src/diagnostics/evidence/pod-logs.ts';
import { LogGrouper } from '../../../src/diagnostics/rules/log-grouper.ts';
import { expectNeverOkOverGaps, given, run } from '../support/evidence.ts';

const AT = '2026-11-23T11:59:00.000000000Z';

function logs(...lines: string[]) {
  const grouper = new LogGrouper();
  const sink = grouper.open({ pod: 'a', previous: false });
  sink.push(Buffer.from(lines.map((line) => `${AT} ${line}\n`).join('')));
  sink.end();
  return given(podLogs, { ...grouper.result(), sinceSeconds: 900, podsRead: 3, revisions: { a: 4 } });
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
      {
        signature: 'log.advisory_contention',
        count: 2,
        pods: 1,
        podNames: 'a',
        oldestRevision: 4,
        newestRevision: 4,
        firstAt: AT,
        lastAt: AT,
        previous: 0,
        exception: '',
        frame: '',
        sample: 'Failed to acquire lock for resource a',
      },
    ]);
  });

  it('tells of each kind how many of all warnings and errors it is', () => {
    const result = run(k8sLogs, logs('[11:59:00 ERR] A: x', '[11:59:00 ERR] A: x', '[11:59:00 ERR] A: x', '[11:59:00 WRN] A: y'));
    expect(result.facts?.groups).toMatchObject([
      { count: 3, share: 0.75, pattern: 'x' },
      { count: 1, share: 0.25 },
    ]);
  });

  it('is unknown where the log is of a kind that it cannot read', () => {
    expect(run(k8sLogs, logs('time=1 level=error msg="what is this"')).verdict).toBe('unknown');
  });
});
