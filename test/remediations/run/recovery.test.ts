import { describe, expect, it } from 'vitest';
import type { Report } from '../../../src/diagnostics/report.ts';
import { judgeRecovery } from '../../../src/remediations/run/recovery.ts';
import { lockReport } from '../../support/reports.ts';

const before = lockReport();
const symptoms = ['prom.latency', 'prom.error_rate'];

function now(verdicts: Record<string, Report['checks'][number]['verdict']>, change: Partial<Report> = {}): Report {
  return {
    ...before,
    diagnoses: [],
    checks: before.checks.map((check) => ({ ...check, verdict: verdicts[check.id] ?? 'ok', summary: `${check.id} now` })),
    ...change,
  };
}

const judge = (report: Report, cause: string | null = 'db.lock.idle_tx') => judgeRecovery(before, cause, { report, symptoms });

describe('a fix has helped', () => {
  it('where the cause is not concluded any more and the symptoms are good', () => {
    const recovery = judge(now({}));
    expect(recovery.verdict).toBe('fixed');
    expect(recovery.readings.map(({ check }) => check)).toEqual(['prom.latency', 'pg.locks']);
    expect(recovery.readings[0]).toMatchObject({ before: 'Latency were looked at.', after: 'prom.latency now', verdict: 'ok' });
  });

  it.each<[string, Report, 'not-fixed' | 'unknown']>([
    ['not while the cause is still concluded', now({}, { diagnoses: before.diagnoses }), 'not-fixed'],
    ['not while a symptom that was bad is bad', now({ 'prom.latency': 'warn' }), 'not-fixed'],
    ['unknown while a symptom cannot be seen', now({ 'prom.latency': 'unknown' }), 'unknown'],
    ['unknown while what the cause was seen by cannot be there yet', now({ 'pg.locks': 'not-applicable' }), 'unknown'],
    [
      'unknown while the cause can be neither concluded nor ruled out',
      now({}, { undecided: [{ cause: 'db.lock.idle_tx', title: 'x', because: 'y', checks: ['pg.locks'] }] }),
      'unknown',
    ],
  ])('%s', (_, report, verdict) => {
    expect(judge(report).verdict).toBe(verdict);
  });

  it('by the first root of the run, where the fix answers no cause', () => {
    expect(judge(now({}, { diagnoses: before.diagnoses }), null).verdict).toBe('not-fixed');
    expect(judge(now({}), null).verdict).toBe('fixed');
  });

  it('where only that is bad which the fix itself leaves so, and which is shown all the same', () => {
    const ended = now({ 'prom.latency': 'warn' });
    const recovery = judgeRecovery(before, 'db.lock.idle_tx', { report: ended, symptoms }, { leavesBad: ['prom.latency'] });
    expect(recovery.verdict).toBe('fixed');
    expect(recovery.readings).toContainEqual(expect.objectContaining({ check: 'prom.latency', verdict: 'warn' }));
    const still = { ...ended, diagnoses: before.diagnoses };
    expect(judgeRecovery(before, 'db.lock.idle_tx', { report: still, symptoms }, { leavesBad: ['prom.latency'] }).verdict).toBe(
      'not-fixed',
    );
  });

  it('where the one thing that it was for is well, whatever is left of others alike, and what that explains', () => {
    const [root, ...others] = before.diagnoses;
    if (root === undefined) throw new Error('the sample report has no diagnosis');
    const left = { ...root, summary: 'Session 4712 holds the lock.' };
    const still = now({ 'prom.latency': 'warn' }, { diagnoses: [left, ...others] });
    const judged = (well: string | undefined, report = still) =>
      judgeRecovery(before, left.cause, { report, symptoms }, { mended: () => well });
    expect(judged('Session 4711 is gone.')).toMatchObject({
      verdict: 'fixed',
      summary: 'Session 4711 is gone. What is left: Session 4712 holds the lock.',
      left,
    });
    expect(judged(undefined)).toMatchObject({ verdict: 'not-fixed', summary: 'Still there: Session 4712 holds the lock.' });
    const unexplained = { ...still, diagnoses: [{ ...left, explains: [] }] };
    expect(judged('Session 4711 is gone.', unexplained).verdict).toBe('not-fixed');
    expect(judged('Session 4711 is gone.', now({ 'prom.latency': 'warn' })).verdict).toBe('not-fixed');
    expect(judged('Session 4711 is gone.', now({})).left).toBeUndefined();
  });

  it('is not said where nothing was wrong, and no other look would say so', () => {
    const healthy = now({});
    expect(judgeRecovery(healthy, null, { report: healthy, symptoms })).toMatchObject({ verdict: 'unknown', final: true });
    expect(judge(now({ 'prom.latency': 'unknown' }))).toMatchObject({ verdict: 'unknown', final: false });
  });
});
