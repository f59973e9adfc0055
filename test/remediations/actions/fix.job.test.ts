import { describe, expect, it } from 'vitest';
import { lockReport } from '../../support/reports.ts';
import { plan, remediations, target, verdict, type World } from '../support/plans.ts';

const PARAMS = { id: '1', rowVersion: '777' };
const BEFORE = { lockedUntil: '2026-11-23T09:30:00.123456+00:00', completedAt: null, nextRetryAt: null, retryCount: 0 };
const JOB: readonly (readonly [string, World, string])[] = [
  ['whose pod is gone', {}, 'act'],
  ['whose container was restarted after it claimed it', { worker: { state: 'there', startedAt: new Date('2026-11-23T09:40:00Z') } }, 'act'],
  ['whose container does not run', { worker: { state: 'there', startedAt: null } }, 'act'],
  ['without a lock', { job: { lockRanOutSeconds: null } }, 'act'],
  ['whose pod has run since before', { worker: { state: 'there', startedAt: new Date('2026-11-23T09:00:00Z') } }, 'refuse not-orphaned'],
  ['whose pod could not be looked at', { worker: { state: 'unknown' } }, 'refuse not-orphaned'],
  ['under a live lock', { job: { lockRanOutSeconds: -60 } }, 'refuse not-orphaned'],
  ['that waits for an approval', { job: { approvalPending: true } }, 'refuse not-orphaned'],
  ['that nobody claimed', { job: { instance: null } }, 'refuse not-orphaned'],
  ['whose lock has just run out', { job: { lockRanOutSeconds: 59 } }, 'refuse lock-fresh'],
  ['claimed a while ago only', { job: { ageSeconds: 900 } }, 'refuse too-young'],
  ['that has changed since', { job: { rowVersion: '778' } }, 'refuse row-changed'],
  ['that is done', { job: { status: 'Succeeded' } }, 'nothing-to-do'],
  ['that is not there', { job: null }, 'refuse no-job'],
  ['that cannot be read', { missing: 'fix.job.' }, 'refuse could-not-look'],
];

function remediation(id: string) {
  const found = remediations.get(id);
  if (found === undefined || target === undefined) throw new Error(`there is no ${id}`);
  return { found, on: target };
}

describe.each([
  ['fix.job.fail', 'R2', 'pg.job_fail'],
  ['fix.job.requeue', 'R3', 'pg.job_requeue'],
] as const)('%s', (id, risk, verb) => {
  it.each(JOB)('a job %s', (_, world, expected) =>
    expect(verdict(plan(id, PARAMS, world))).toBe(expected === 'act' ? `act ${risk}` : expected),
  );

  it('carries the row as it was, and shows it without payload or error text', () => {
    const result = plan(id, PARAMS);
    expect(result).toMatchObject({
      plan: { identity: 'row:16500:1', steps: [{ verb, ...PARAMS, before: BEFORE, minimumAgeSeconds: 900 }] },
    });
    expect(result.kind === 'act' && result.plan.touches.join(' ')).toMatch(
      /d-orphan, Running for 40 min.*pod-gone, attempt 0 of 3, row version 777/,
    );
  });

  it('needs no version from who types it', () => expect(verdict(plan(id, { id: '1' }, { job: { rowVersion: '9' } }))).toBe(`act ${risk}`));

  it('is taken back from what was journalled, while the row is as it was left', () => {
    const { found } = remediation(id);
    const facts = { rowVersion: '800', note: 'hotswap-bot …', before: BEFORE };
    const back = found.undo?.({ params: PARAMS, facts: [facts] });
    expect(back).toEqual({ id: '1', rowVersion: '800', restore: { note: 'hotswap-bot …', before: BEFORE } });
    const left = { status: 'Failed', rowVersion: '800' };
    expect(plan(id, back ?? {}, { job: left })).toMatchObject({
      kind: 'act',
      plan: { risk: 'R2', steps: [{ verb: 'pg.job_restore', before: BEFORE }] },
    });
    expect(verdict(plan(id, back ?? {}, { job: { ...left, rowVersion: '801' } }))).toBe('refuse row-changed');
    expect(verdict(plan(id, back ?? {}, { job: null }))).toBe('refuse row-changed');
    expect(found.undo?.({ params: PARAMS, facts: [{}] })).toBeUndefined();
    expect(found.undo?.({ params: back ?? {}, facts: [facts] })).toBeUndefined();
  });

  it('has helped where its own job is no orphan any more', () => {
    const { found } = remediation(id);
    const seen = (jobs: Record<string, string>[], verdict: 'fail' | 'unknown' = 'fail') => {
      const base = lockReport();
      return { ...base, checks: [{ ...base.checks[0], id: 'pg.jobs', verdict, facts: { jobs } }] as typeof base.checks };
    };
    const other = { id: '2', rowVersion: '9', deploymentId: 'd-2', class: 'orphaned' };
    expect(found.mended?.(PARAMS, seen([other]))).toBe('Job 1 is not stuck any more.');
    expect(found.mended?.(PARAMS, seen([{ ...other, id: '1', class: 'running_ok' }, other]))).toBe('Job 1 is not stuck any more.');
    expect(found.mended?.(PARAMS, seen([other, { ...other, id: '1' }]))).toBeUndefined();
    expect(found.mended?.(PARAMS, seen([other], 'unknown'))).toBeUndefined();
    expect(found.mended?.(PARAMS, lockReport())).toBeUndefined();
  });

  it('is chosen among the orphans that the diagnosis saw', () => {
    const { found, on } = remediation(id);
    const base = lockReport();
    const row = { ...PARAMS, deploymentId: 'd-orphan' };
    const jobs = [
      { ...row, class: 'orphaned' },
      { ...row, id: '3', class: 'slow_but_alive' },
    ];
    const checks = [{ ...base.checks[0], id: 'pg.jobs', facts: { jobs } }] as typeof base.checks;
    const form = found.form({ target: on, params: {}, choices: {}, report: { ...base, checks } });
    expect(form).toMatchObject({ closed: null, fields: [{ options: [{ value: '1/777' }], initial: '1/777' }] });
    expect(found.parse({ job: '1/777' }, on)).toEqual(PARAMS);
    expect(() => found.parse({ id: "1' OR true" }, on)).toThrow();
    expect(found.form({ target: on, params: {}, choices: {}, report: null }).closed).not.toBeNull();
  });
});

describe('running a job again', () => {
  it('has its approvers confirm that it may be repeated, and warns of restarts', () => {
    const result = plan('fix.job.requeue', PARAMS);
    expect(result.kind === 'act' && result.plan.warnings.join(' ')).toMatch(
      /confirms that deployment d-orphan is safe to REPEAT.*Do not restart/,
    );
  });

  it('is refused where no attempt is left, or where nothing would claim it', () => {
    expect(plan('fix.job.requeue', PARAMS, { job: { retries: 3 } })).toMatchObject({
      refusal: { code: 'no-attempt-left', instead: { remediation: 'fix.job.fail', params: PARAMS } },
    });
    expect(plan('fix.job.requeue', PARAMS, { overdueJobs: 2 })).toMatchObject({
      refusal: { code: 'nothing-claims', instead: { remediation: 'fix.k8s.restart' } },
    });
  });
});
