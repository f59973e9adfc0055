import { describe, expect, it } from 'vitest';
import type { ApprovalRow } from '../../../src/remediations/evidence/approval-rows.ts';
import { lockReport } from '../../support/reports.ts';
import { plan, remediations, target, verdict } from '../support/plans.ts';

const ID = 'fix.approval.expire';
const PARAMS = { executionIds: ['e-1', 'e-2'], rowVersions: ['11', '12'] };
const row = (executionId: string, rowVersion: string, change: Partial<ApprovalRow> = {}): ApprovalRow => ({
  ...{ executionId, rowVersion, status: 'Pending', overdueSeconds: 7200, what: 'Production, billing' },
  ...change,
});
const BOTH = [row('e-1', '11'), row('e-2', '12')];

describe(ID, () => {
  it.each<[string, readonly ApprovalRow[], string]>([
    ['that are all overdue', BOTH, 'act R2'],
    ['of which one was answered', [row('e-1', '11'), row('e-2', '13', { status: 'Approved' })], 'act R2'],
    ['that are all answered', BOTH.map((one) => ({ ...one, status: 'Expired' })), 'nothing-to-do'],
    ['that are gone', [], 'nothing-to-do'],
    ['of which one has time left', [row('e-1', '11'), row('e-2', '12', { overdueSeconds: -60 })], 'refuse not-overdue'],
    ['of which one is late for a moment only', [row('e-1', '11'), row('e-2', '12', { overdueSeconds: 599 })], 'refuse not-overdue'],
  ])('approvals %s', (_, approvals, expected) => expect(verdict(plan(ID, PARAMS, { approvals }))).toBe(expected));

  it('cannot be planned unseen', () => expect(verdict(plan(ID, PARAMS, { missing: 'fix.approvals.' }))).toBe('refuse could-not-look'));

  it('shows how many and which, and says that there is no way back', () => {
    const approvals = Array.from({ length: 7 }, (_, place) => row(`e-${place}`, `${place}`));
    const result = plan(ID, { executionIds: approvals.map(({ executionId }) => executionId) }, { approvals });
    if (result.kind !== 'act') throw new Error(verdict(result));
    const [step] = result.plan.steps;
    expect(step).toMatchObject({ verb: 'pg.approvals_expire', tableOid: '16600', graceSeconds: 600 });
    expect(step).toHaveProperty(
      'rows',
      approvals.map(({ executionId, rowVersion }) => ({ executionId, rowVersion })),
    );
    expect(result.plan.summary).toContain('Expire 7 approvals');
    expect(result.plan.touches[0]).toMatch(/e-0 \(Production, billing, overdue for 2 h\).*e-4.*and 2 more/);
    expect(result.plan.undo).toMatchObject({ kind: 'none', text: expect.stringContaining('Not reliably undoable') });
  });

  it('is for the rows as they are now, and says what is different from the diagnosis', () => {
    const approvals = [row('e-1', '99'), row('e-2', '12', { status: 'Rejected' })];
    expect(plan(ID, PARAMS, { approvals })).toMatchObject({
      plan: {
        steps: [{ rows: [{ executionId: 'e-1', rowVersion: '99' }] }],
        warnings: [
          expect.stringContaining('1 approval of those that were asked for is not pending'),
          expect.stringContaining('1 approval has changed'),
          expect.stringContaining('is not mended by this'),
        ],
      },
    });
  });

  it('is chosen among those that the diagnosis saw overdue, all of them at first', () => {
    const remediation = remediations.get(ID);
    const on = target;
    if (remediation === undefined || on === undefined) throw new Error(`there is no ${ID}`);
    const base = lockReport();
    const late = PARAMS.executionIds.map((executionId, place) => ({
      executionId,
      rowVersion: PARAMS.rowVersions[place],
      overdueSeconds: 7200,
    }));
    const checks = [{ ...base.checks[0], id: 'pg.approvals', facts: { late } }] as typeof base.checks;
    const form = remediation.form({ target: on, params: {}, choices: {}, report: { ...base, checks } });
    expect(form).toMatchObject({ closed: null, fields: [{ initial: ['e-1/11', 'e-2/12'], maximum: 50 }] });
    expect(remediation.parse({ approvals: ['e-1/11', 'e-2/12'] }, on)).toEqual(PARAMS);
    const tooMany = Array.from({ length: 51 }, (_, place) => `e-${place}`);
    for (const bad of [
      { executionIds: tooMany },
      { executionIds: ['a', 'a'] },
      { executionIds: ['a'], rowVersions: [] },
      { executionIds: ["a'"] },
    ])
      expect(() => remediation.parse(bad, on)).toThrow();
  });
});
