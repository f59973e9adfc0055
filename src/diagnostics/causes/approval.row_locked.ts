import { pgApprovals } from '../checks/pg.approvals.ts';
import { pgLocks } from '../checks/pg.locks.ts';
import { count, seconds } from '../rules/phrases.ts';
import { approvalsAreOverdue, workerFails } from '../signs/approvals.ts';
import { blockersOf, waitingOn } from '../signs/jobs.ts';
import { approvalsAreLocked } from '../signs/locked-approvals.ts';
import { defineCause } from '../types.ts';

export const approvalRowLocked = defineCause({
  id: 'approval.row_locked',
  title: 'A session holds rows of approvals, and the worker waits for them',
  requires: [approvalsAreOverdue, approvalsAreLocked],
  direct: approvalsAreLocked,
  supports: [workerFails],
  explains: [
    'pg.approvals',
    'pg.locks',
    'pg.long_queries',
    'pg.activity',
    'k8s.logs',
    'app.workers',
    'prom.error_rate',
    'approval.worker_db_error',
    'approval.timeout_worker_dead',
  ],
  summary: (context) => {
    const table = context.facts(pgApprovals)?.table ?? '';
    const [waiter] = waitingOn(table, context.facts(pgLocks)?.waiting ?? [], context);
    return `${count(context.facts(pgApprovals)?.pastGrace ?? 0, 'overdue approval')} cannot be ended: ${waiter === undefined ? 'the table is locked' : `session ${waiter.pid} of the application has waited ${seconds(waiter.waitingSeconds)} for session ${waiter.blockedBy}, which holds rows of ${table}`}.`;
  },
  advice: (context) => {
    const table = context.facts(pgApprovals)?.table ?? '';
    const waiting = waitingOn(table, context.facts(pgLocks)?.waiting ?? [], context);
    return [
      ...blockersOf(context, waiting).map((blocker) => `Have the transaction ended that holds the rows: it is that of ${blocker}.`),
      'Do not expire rows by hand before: that would wait behind the same session. The worker ends them by itself once they are free.',
    ];
  },
});
