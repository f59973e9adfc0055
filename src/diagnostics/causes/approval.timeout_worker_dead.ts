import { appWorkers } from '../checks/app.workers.ts';
import { pgApprovals } from '../checks/pg.approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { decide, rule } from '../rules/rule.ts';
import { approvalsAreOverdue, expireAdvice, expireOffer, intervalIsTooLong, workerFails, workerHadTime } from '../signs/approvals.ts';
import { approvalsAreLocked } from '../signs/locked-approvals.ts';
import { defineCause } from '../types.ts';

const saidSo = rule({ workers: appWorkers }, ({ workers: { approvalFatal, approvalNotRegistered } }) =>
  decide(
    approvalFatal || approvalNotRegistered,
    approvalFatal
      ? 'The worker wrote that it has ended with a fatal error.'
      : 'The worker wrote that it finds no approval service in its process.',
    'The worker wrote nothing of its end.',
  ),
);

/** A worker that is well writes at its start and when it has expired something, so its silence proves nothing: the rows do. */
export const approvalTimeoutWorkerDead = defineCause({
  id: 'approval.timeout_worker_dead',
  title: 'Nobody ends overdue approvals: the worker of the pods has stopped',
  requires: [approvalsAreOverdue, workerHadTime],
  contradicts: [workerFails, intervalIsTooLong, approvalsAreLocked],
  direct: saidSo,
  explains: ['pg.approvals', 'http.deployment', 'app.workers', 'job.waiting_approval'],
  summary: (context) => {
    const facts = context.facts(pgApprovals);
    const workers = context.facts(appWorkers);
    return `${count(facts?.pastGrace ?? 0, 'approval')} should have ended up to ${seconds(facts?.mostOverdueSeconds ?? 0)} ago. The worker looks every ${seconds(workers?.intervalSeconds ?? 0)}, pods have run for ${seconds(workers?.oldestPodSeconds ?? 0)}, and it wrote of no failure: it does not run. A pod that is Running and ready proves nothing about it.`;
  },
  remediations: (context) => [
    { id: 'fix.k8s.restart', params: {}, reason: 'starts the worker again; its first round comes one interval later.' },
    ...expireOffer(context),
  ],
  advice: (context) => [
    `Restart the pods once no job runs under a live lock, then wait ${seconds((context.facts(appWorkers)?.intervalSeconds ?? 0) + 60)}: the first round comes one interval after the start.`,
    `${expireAdvice(context)} Do that for what remains after the restart.`,
    `Look for the last lines of ${context.target.application.approvalWorkerCategory} before it went silent.`,
  ],
});
