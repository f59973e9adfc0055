import { describe, expect, it } from 'vitest';
import { logTail } from '../../../src/diagnostics/evidence/log-tail.ts';
import { type PodLogs, podLogs } from '../../../src/diagnostics/evidence/pod-logs.ts';
import type { LogGroup } from '../../../src/diagnostics/rules/log-groups.ts';
import { showLogs } from '../../../src/diagnostics/shows/show.logs.ts';
import type { Evidence } from '../../../src/diagnostics/types.ts';
import { ago, context, given } from '../support/evidence.ts';

const groupOf = (changes: Partial<LogGroup>): LogGroup => ({
  level: 'error',
  category: 'App',
  pattern: 'It broke',
  exception: '',
  frame: '',
  signatures: [],
  count: 1,
  previous: 0,
  pods: ['a'],
  firstAt: ago(300).toISOString(),
  lastAt: ago(30).toISOString(),
  sample: 'It broke',
  ...changes,
});
const logsOf = (groups: readonly LogGroup[]): PodLogs => ({
  lines: 900,
  messages: 900,
  warnings: 50,
  errors: 3,
  fatal: 1,
  groups,
  notToldApart: 0,
  sinceSeconds: 900,
  podsRead: 2,
  revisions: {},
});
const lines = (...texts: readonly string[]) => texts.map((text, index) => `2026-11-23T11:59:${10 + index}.123456789Z ${text}`).join('\n');
const tailsOf = (...tails: readonly (readonly [string, string])[]) =>
  given(logTail, { sinceSeconds: 900, lines: 60, tails: tails.map(([pod, text]) => ({ pod, container: 'hotswap', text })) });
const shown = (evidence: readonly Evidence<unknown>[], question = {}) =>
  showLogs.tables(new Map(evidence.map((one) => [one.source, one])), { ...context, question });

describe('logs', () => {
  it('are shown as groups, the worst first, with whose they are and when they were last seen', () => {
    const [table] = shown([
      given(
        podLogs,
        logsOf([
          groupOf({ level: 'warn', count: 50, pods: ['a', 'b'], pattern: 'Slow' }),
          groupOf({ level: 'info', pattern: 'Signing key loaded' }),
          groupOf({ count: 3, exception: 'System.TimeoutException', frame: 'App.Jobs.Run()' }),
          groupOf({ level: 'fatal', previous: 1, lastAt: '', pattern: 'Host terminated' }),
        ]),
      ),
    ]);
    expect(table?.rows).toEqual([
      ['fatal', '1', 'a', '?, before a restart', 'Host terminated'],
      ['error', '3', 'a', '30 s ago', 'It broke (System.TimeoutException) at App.Jobs.Run()'],
      ['warn', '50', '2 pods', '30 s ago', 'Slow'],
    ]);
    expect(table?.note).toContain('4 errors and 50 warnings in the last 15 min of 2 pods, 900 lines');
  });

  it('say so where they hold no error', () =>
    expect(shown([given(podLogs, logsOf([]))])[0]).toMatchObject({ rows: [], note: expect.stringContaining('no warning and no error') }));

  it('are shown message by message, the newest first, with the exception behind it', () => {
    const tails = tailsOf(['a', lines('[12:00:00 INF] First', '[12:00:00 ERR] It broke', 'System.Exception: why')], ['b', '']);
    const [table] = shown([tails]);
    expect(table?.rows).toEqual([
      ['11:59:11.123', 'a', 'error', 'It broke | System.Exception: why'],
      ['11:59:10.123', 'a', 'info', 'First'],
    ]);
    expect(table?.note).toContain('Nothing was logged by b.');
  });

  it('give each pod its share, and everything where something is searched for', () => {
    const many = lines(...Array.from({ length: 49 }, (_, index) => `[12:00:00 INF] Message ${index}`));
    const tails = tailsOf(['a', many], ['b', many]);
    expect(shown([tails])[0]?.rows.filter(([, pod]) => pod === 'b')).toHaveLength(20);
    expect(shown([tails], { contains: 'Message 1' })[0]?.rows).toHaveLength(98);
  });
});
