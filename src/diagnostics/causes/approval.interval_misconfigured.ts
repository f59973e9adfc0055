import { appWorkers } from '../checks/app.workers.ts';
import { pgApprovals } from '../checks/pg.approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { approvalsAreOverdue, expireAdvice, expireOffer, intervalIsTooLong } from '../signs/approvals.ts';
import { defineCause } from '../types.ts';

export const approvalIntervalMisconfigured = defineCause({
  id: 'approval.interval_misconfigured',
  title: 'Overdue approvals are looked for too seldom: the interval of the worker is set too long',
  requires: [approvalsAreOverdue, intervalIsTooLong],
  direct: intervalIsTooLong,
  explains: ['pg.approvals', 'http.deployment', 'approval.timeout_worker_dead', 'approval.worker_young'],
  summary: (context) => {
    const workers = context.facts(appWorkers);
    return `${count(context.facts(pgApprovals)?.pastGrace ?? 0, 'approval is', 'approvals are')} overdue because the worker looks only every ${seconds(workers?.intervalSeconds ?? 0)} (${workers?.intervalFrom ?? ''}); ${seconds(context.target.application.approvalIntervalMinutes * 60)} is usual.`;
  },
  remediations: expireOffer,
  advice: (context) => [
    expireAdvice(context),
    `Set ${context.facts(appWorkers)?.intervalVariable ?? 'the interval'} to ${context.target.application.approvalIntervalMinutes} (minutes) where the Deployment is defined, and roll it out when no job runs: a rollout orphans those that do.`,
  ],
});
