import { appWorkers } from '../checks/app.workers.ts';
import { pgApprovals } from '../checks/pg.approvals.ts';
import { count } from '../rules/phrases.ts';
import { approvalsAreOverdue, workerFails } from '../signs/approvals.ts';
import { defineCause } from '../types.ts';

export const approvalWorkerDbError = defineCause({
  id: 'approval.worker_db_error',
  title: 'The worker that ends overdue approvals runs, and the database refuses what it does',
  requires: [approvalsAreOverdue, workerFails],
  direct: workerFails,
  explains: ['pg.approvals', 'k8s.logs', 'app.workers', 'http.deployment'],
  summary: (context) => {
    const overdue = count(context.facts(pgApprovals)?.pastGrace ?? 0, 'approval is', 'approvals are');
    return `${overdue} overdue, and the worker fails each time that it tries to end them: ${context.facts(appWorkers)?.lastApprovalFailure ?? ''}`;
  },
  advice: () => [
    'Mend what the database complains of: the worker tries again at each round, and ends them by itself then. A restart does not help, and rows that are expired by hand meet the same error.',
  ],
});
