import { appWorkers } from '../checks/app.workers.ts';
import { pgApprovals } from '../checks/pg.approvals.ts';
import type { RemediationOffer } from '../report.ts';
import { count, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, no, rule } from '../rules/rule.ts';
import type { ConclusionContext } from '../types.ts';

/** Rules that several causes share: overdue approvals, and how long the worker that ends them has had. */

export const approvalsAreOverdue = rule({ approvals: pgApprovals }, ({ approvals: facts }) => {
  if (facts.tableState === 'locked') return cannotTell(`Table ${facts.table} is locked, so nobody can see whether an approval is overdue.`);
  if (facts.tableState === 'absent') return no(`There is no table ${facts.table}.`);
  const text = `${count(facts.overdue, 'approval is', 'approvals are')} overdue, the longest for ${seconds(facts.mostOverdueSeconds ?? 0)}`;
  return decide(
    facts.pastGrace > 0,
    `${text}; ${facts.pastGrace} of them past the ${seconds(facts.graceSeconds)} that the worker may take.`,
    facts.overdue === 0 ? 'No approval is overdue.' : `${text}; the worker may take ${seconds(facts.graceSeconds)}.`,
  );
});

/** An approval that is this late is not late, as the worker looks less often than that. */
export const intervalIsTooLong = rule({ approvals: pgApprovals, workers: appWorkers }, ({ approvals, workers }) => {
  const { intervalSeconds, intervalFrom } = workers;
  const late = approvals.mostOverdueSeconds ?? 0;
  const text = `Overdue approvals are looked for every ${seconds(intervalSeconds)} (${intervalFrom}), and the longest has been overdue for ${seconds(late)}`;
  return decide(intervalSeconds > late && intervalSeconds > approvals.graceSeconds, `${text}.`, `${text}.`);
});

export const workerFails = rule({ workers: appWorkers }, ({ workers: { approvalFailures, lastApprovalFailure, logSeconds } }) =>
  decide(
    approvalFailures > 0,
    `The worker wrote ${count(approvalFailures, 'time')} in the last ${seconds(logSeconds)} that it failed: ${lastApprovalFailure}`,
    `The worker wrote of no failure in the last ${seconds(logSeconds)}.`,
  ),
);

/** At least one pod has been there for two rounds of its worker. */
export const workerHadTime = rule({ workers: appWorkers }, ({ workers: { oldestPodSeconds, intervalSeconds } }) => {
  if (oldestPodSeconds === null) return cannotTell('No pod runs.');
  const text = `The oldest pod has run for ${seconds(oldestPodSeconds)}`;
  const needed = 2 * intervalSeconds;
  return decide(
    oldestPodSeconds > needed,
    `${text}, longer than two rounds of its worker (${seconds(needed)}).`,
    `${text}, not longer than two rounds of its worker (${seconds(needed)}).`,
  );
});

/** Expire exactly those rows, in the versions that were seen. */
export function expireOffer(context: ConclusionContext): RemediationOffer[] {
  const late = context.facts(pgApprovals)?.late ?? [];
  if (late.length === 0) return [];
  return [
    {
      id: 'fix.approval.expire',
      params: { executionIds: late.map(({ executionId }) => executionId), rowVersions: late.map(({ rowVersion }) => rowVersion) },
      reason: `${count(late.length, 'approval is', 'approvals are')} overdue for longer than the worker may take; the deployments that wait for them fail at their approval stage.`,
    },
  ];
}

/** The same, for a person. */
export function expireAdvice(context: ConclusionContext): string {
  const facts = context.facts(pgApprovals);
  const ids = (facts?.late ?? []).slice(0, 3).map(({ executionId }) => executionId);
  const more = (facts?.pastGrace ?? 0) - ids.length;
  return `Expire what is overdue (${ids.join(', ')}${more > 0 ? ` and ${more} more` : ''}) by id, only while it is still Pending, and set responded_at, updated_at and response_reason with it; the deployments that wait for it fail then.`;
}
