import { pgApprovals } from '../checks/pg.approvals.ts';
import { pgLocks } from '../checks/pg.locks.ts';
import { rule, yes } from '../rules/rule.ts';
import { waitsForLockOn } from './jobs.ts';

/** Whether sessions of the application wait for somebody who holds rows of the table of approvals. */
export const approvalsAreLocked = rule(
  { approvals: pgApprovals, locks: pgLocks },
  ({ approvals: { table, tableState }, locks }, context) => {
    if (tableState === 'locked') return yes(`Table ${table} is locked against every reader.`);
    return waitsForLockOn(table, locks.waiting, context);
  },
);
