import { pgApprovals } from '../checks/pg.approvals.ts';
import { pgLocks } from '../checks/pg.locks.ts';
import { count, seconds } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { waitingOn } from './jobs.ts';

/** Whether sessions of the application wait for somebody who holds rows of the table of approvals. */
export const approvalsAreLocked = rule(
  { approvals: pgApprovals, locks: pgLocks },
  ({ approvals: { table, tableState }, locks }, context) => {
    if (tableState === 'locked') return yes(`Table ${table} is locked against every reader.`);
    const waiting = waitingOn(table, locks.waiting, context);
    const [first] = waiting;
    if (first === undefined)
      return no(
        `No session of the application waits longer than ${seconds(context.thresholds.lockWaitWarnSeconds)} for a lock on ${table}.`,
      );
    return yes(
      `${count(waiting.length, 'session')} of the application waiting for a lock on ${table}: session ${first.pid} for ${seconds(first.waitingSeconds)}, behind session ${first.blockedBy}.`,
    );
  },
);
