import { describe, expect, it } from 'vitest';
import { k8sCrashes } from '../../../src/diagnostics/checks/k8s.crashes.ts';
import { type CrashLog, crashLogs } from '../../../src/diagnostics/evidence/crash-logs.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { ago, expectNeverOkOverGaps, given, run } from '../support/evidence.ts';
import { containerOf, podOf, threePods } from '../support/samples.ts';

const ended = (exitCode: number, looping: boolean) =>
  podOf('d', {
    ready: false,
    containers: [
      containerOf({
        restarts: 2,
        ready: false,
        running: !looping,
        waiting: looping ? { reason: 'CrashLoopBackOff', message: 'back-off' } : null,
        terminated: { reason: exitCode === 0 ? 'Completed' : 'Error', message: '', exitCode, finishedAt: ago(30) },
      }),
    ],
  });
const log = (...messages: CrashLog['messages']): CrashLog => ({ pod: 'd', container: 'hotswap', messages });
const fatal = (message: string, detail = '') => ({ at: '', level: 'fatal' as const, category: 'Program', message, detail });

describe('k8s.crashes', () => {
  it('is well where nothing has ended', () => expectNeverOkOverGaps(k8sCrashes, given(crashLogs, []), given(pods, threePods())));

  it('says how a container ended, and its last words', () => {
    const result = run(
      k8sCrashes,
      given(crashLogs, [log(fatal('Application terminated unexpectedly', 'System.InvalidOperationException: JWT SecretKey is required'))]),
      given(pods, [ended(1, true)]),
    );
    expect(result.verdict).toBe('fail');
    expect(result.summary).toContain('30 s ago with exit code 1: the process gave up by itself. Its log ends with: Application terminated');
    expect(result.facts?.ends).toEqual([
      expect.objectContaining({
        pod: 'd',
        looping: true,
        exitCode: 1,
        signatures: 'log.config.missing',
        exception: 'System.InvalidOperationException',
        secondsAgo: 30,
      }),
    ]);
  });

  it('warns of one that is up again, and says so where it left no word', () => {
    expect(run(k8sCrashes, given(crashLogs, [log()]), given(pods, [ended(0, false)]))).toMatchObject({
      verdict: 'warn',
      facts: { ends: [{ looping: false, exitCode: 0, message: '', signatures: '' }] },
    });
  });
});
