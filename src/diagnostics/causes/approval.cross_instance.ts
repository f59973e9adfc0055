import { httpDeployment } from '../checks/http.deployment.ts';
import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { pgApprovals } from '../checks/pg.approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { decide, no, rule } from '../rules/rule.ts';
import { defineCause } from '../types.ts';

const approvedAndStillWaiting = rule(
  { approvals: pgApprovals, state: httpDeployment },
  ({ approvals: { asked }, state }, { thresholds: { approvalWakeSeconds } }) => {
    if (state.executionId === null) return no('No execution was named.');
    const [row] = asked;
    if (row === undefined) return no(`${state.executionId} has no approval in the database.`);
    if (row.status !== 'Approved') return no(`The approval of ${state.executionId} is ${row.status}.`);
    const text = `${state.executionId} was approved ${seconds(row.respondedSeconds ?? 0)} ago, and the service says that it is ${state.status}`;
    return decide(
      state.status === 'PendingApproval' && (row.respondedSeconds ?? 0) > approvalWakeSeconds,
      `${text}; it should go on within ${seconds(approvalWakeSeconds)}.`,
      `${text}.`,
    );
  },
);

const severalPods = rule({ deployment: k8sDeployment }, ({ deployment: { desired } }) =>
  decide(
    desired > 1,
    `There are ${count(desired, 'replica')}: an approval may reach another one than the one that waits.`,
    'There is one replica only.',
  ),
);

/** Each pod wakes only what waits in its own memory. */
export const approvalCrossInstance = defineCause({
  id: 'approval.cross_instance',
  title: 'The approval reached another pod than the one whose deployment waits for it',
  requires: [approvedAndStillWaiting, severalPods],
  direct: approvedAndStillWaiting,
  explains: ['http.deployment', 'pg.jobs', 'job.waiting_approval'],
  summary: (context) => {
    const id = context.facts(httpDeployment)?.executionId ?? 'The deployment';
    const [row] = context.facts(pgApprovals)?.asked ?? [];
    return `${id} was approved ${seconds(row?.respondedSeconds ?? 0)} ago, and its pod does not know: the answer is in the database, but only the pod that handled it was told. The deployment waits until its time runs out.`;
  },
  advice: (context) => [
    `Submit the deployment again and approve it anew, or wait until the time of ${context.facts(httpDeployment)?.executionId ?? 'this one'} runs out; answering the same approval once more changes nothing. Do not restart the pod for it: that loses every deployment in its memory.`,
  ],
});
