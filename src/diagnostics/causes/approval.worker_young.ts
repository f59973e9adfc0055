import { appWorkers } from '../checks/app.workers.ts';
import { pgApprovals } from '../checks/pg.approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, rule } from '../rules/rule.ts';
import { approvalsAreOverdue, intervalIsTooLong, workerFails } from '../signs/approvals.ts';
import { defineCause } from '../types.ts';

const allPodsAreYoung = rule({ workers: appWorkers }, ({ workers: { oldestPodSeconds, youngSeconds } }) => {
  if (oldestPodSeconds === null) return cannotTell('No pod runs.');
  const text = `The oldest pod has run for ${seconds(oldestPodSeconds)}`;
  return decide(
    oldestPodSeconds < youngSeconds,
    `${text}, less than the ${seconds(youngSeconds)} until its worker has made a round.`,
    `${text}, not less than ${seconds(youngSeconds)}.`,
  );
});

export const approvalWorkerYoung = defineCause({
  id: 'approval.worker_young',
  title: 'The pods have just started: the worker makes its first round in a few minutes',
  benign: true,
  requires: [approvalsAreOverdue, allPodsAreYoung],
  contradicts: [intervalIsTooLong, workerFails],
  direct: allPodsAreYoung,
  explains: ['pg.approvals'],
  summary: (context) => {
    const workers = context.facts(appWorkers);
    return `${count(context.facts(pgApprovals)?.pastGrace ?? 0, 'approval is', 'approvals are')} overdue, and every pod is younger than ${seconds(workers?.youngSeconds ?? 0)}: the worker looks for the first time ${seconds(workers?.intervalSeconds ?? 0)} after its pod has started.`;
  },
  advice: (context) => {
    const workers = context.facts(appWorkers);
    const left = Math.max(0, (workers?.youngSeconds ?? 0) - (workers?.oldestPodSeconds ?? 0));
    return [`Wait ${seconds(left)}, and look again; another restart would begin the wait anew.`];
  },
});
