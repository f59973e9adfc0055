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

const judge = (report: Report, cause: string | null = 'db.lock.idle_tx') => judgeRecovery(before, { cause }, { report, symptoms });

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
    const recovery = judgeRecovery(before, { cause: 'db.lock.idle_tx' }, { report: ended, symptoms }, { leavesBad: ['prom.latency'] });
    expect(recovery.verdict).toBe('fixed');
    expect(recovery.readings).toContainEqual(expect.objectContaining({ check: 'prom.latency', verdict: 'warn' }));
    const still = { ...ended, diagnoses: before.diagnoses };
    expect(judgeRecovery(before, { cause: 'db.lock.idle_tx' }, { report: still, symptoms }, { leavesBad: ['prom.latency'] }).verdict).toBe(
      'not-fixed',
    );
  });

  it('where the one thing that it was for is well, whatever is left of others alike, and what that explains', () => {
    const [root, ...others] = before.diagnoses;
    if (root === undefined) throw new Error('the sample report has no diagnosis');
    const left = { ...root, summary: 'Session 4712 holds the lock.' };
    const still = now({ 'prom.latency': 'warn' }, { diagnoses: [left, ...others] });
    const judged = (well: string | undefined, report = still) =>
      judgeRecovery(before, { cause: left.cause }, { report, symptoms }, { mended: () => well });
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
    expect(judgeRecovery(healthy, { cause: null }, { report: healthy, symptoms })).toMatchObject({ verdict: 'unknown', final: true });
    expect(judge(now({ 'prom.latency': 'unknown' }))).toMatchObject({ verdict: 'unknown', final: false });
  });
});

function checkOf(id: string) {
  const found = before.checks.find((one) => one.id === id);
  if (found === undefined) throw new Error(`the sample report has no ${id}`);
  return found;
}

describe('a fix that answers no diagnosis', () => {
  const bad = { 'prom.latency': 'warn', 'pg.locks': 'fail' } as const;
  const judge = (report: Report, remediation: string, params: Record<string, unknown> = {}, from = before) =>
    judgeRecovery(from, { remediation, params }, { report, symptoms });

  it('is held against what it is offered for, and not against the first root', () => {
    expect(judge(now({}), 'fix.pg.terminate_idle_tx')).toMatchObject({ verdict: 'fixed', final: true });
    expect(judge(now(bad, { diagnoses: before.diagnoses }), 'fix.k8s.restart')).toMatchObject({
      verdict: 'not-fixed',
      summary: expect.stringMatching(/^Still there: Session 4711/),
    });
  });

  it('is held against what the very same was offered for, where there are several', () => {
    const [root] = before.diagnoses;
    if (root === undefined) throw new Error('the sample report has no diagnosis');
    const other = {
      ...root,
      ...{ cause: 'db.lock.long_query', title: 'A long statement', summary: 'Session 99 blocks 2.' },
      remediations: [{ id: 'fix.pg.terminate_idle_tx', params: { pid: 99 }, reason: '' }],
    };
    const two = { ...before, diagnoses: [root, other] };
    const left = now(bad, { diagnoses: [root] });
    expect(judge(left, 'fix.pg.terminate_idle_tx', { pid: 99 }, two).summary).not.toMatch(/4711/);
    expect(judge(left, 'fix.pg.terminate_idle_tx', { pid: 4711 }, two).summary).toMatch(/Still there: Session 4711/);
  });

  it('does not count symptoms that what it is for does not account for', () => {
    const both = {
      ...before,
      checks: [...before.checks, { ...checkOf('prom.latency'), id: 'prom.error_rate', summary: 'Errors are at 9 %.' }],
    };
    const after = {
      ...both,
      diagnoses: [],
      checks: both.checks.map((one) => (one.id === 'prom.error_rate' ? one : { ...one, verdict: 'ok' as const })),
    };
    expect(judge(after, 'fix.pg.terminate_idle_tx', {}, both).verdict).toBe('fixed');
    expect(judgeRecovery(both, { cause: null }, { report: after, symptoms }).verdict).toBe('not-fixed');
  });

  const healthy = now({}, { checks: symptoms.map((id) => ({ ...checkOf('prom.latency'), id, verdict: 'ok' as const })) });

  it.each<[string, Report, Report, boolean, RegExp]>([
    ['something else was wrong, and is', before, now(bad), true, /Bad before, and now, by something else: prom\.latency now$/],
    ['nothing was wrong', healthy, healthy, true, /What was looked at is good now\.$/],
    [
      'something has become good',
      before,
      { ...healthy, checks: healthy.checks.map((one) => ({ ...one, summary: `${one.id} now` })) },
      true,
      /Bad before, and good now, by this or by something else: prom\.latency now$/,
    ],
    ['something has become bad since', now({}), now({ 'prom.latency': 'fail' }), false, /Bad now, and not before: prom\.latency now$/],
    ['nobody can look', now({}), now({ 'prom.latency': 'unknown' }), true, /could not be looked at: prom\.latency, prom\.error_rate\.$/],
  ])('says that it was done and what there is now where %s', (_, from, after, final, words) => {
    const recovery = judge(after, 'fix.k8s.scale', { replicas: 4 }, from);
    expect(recovery).toMatchObject({ verdict: 'unknown', final, elsewhere: /^Bad (now|before, and now)/.test(words.source) });
    expect(recovery.summary).toMatch(/^It was done\. Nothing that it is known to mend was seen before it/);
    expect(recovery.summary).toMatch(words);
    expect(recovery.readings.map(({ check }) => check)).toEqual(symptoms);
  });
});
