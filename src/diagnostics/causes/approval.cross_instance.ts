import { httpDeployment } from '../checks/http.deployment.ts';
import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { pgApprovals } from '../checks/pg.approvals.ts';
import { count, seconds } from '../rules/phrases.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';
import { defineCause, type FactsOf } from '../types.ts';

type States = FactsOf<typeof httpDeployment>;
type Approvals = FactsOf<typeof pgApprovals>;

/** Approved a while ago, and waiting for it all the same. */
const deaf = (state: States | null, approvals: Approvals | null, wakeSeconds: number) =>
  (approvals?.asked ?? []).filter(
    ({ executionId, status, respondedSeconds }) =>
      status === 'Approved' &&
      (respondedSeconds ?? 0) > wakeSeconds &&
      state?.deployments.some((one) => one.executionId === executionId && one.status === 'PendingApproval') === true,
  );

const approvedAndStillWaiting = rule(
  { approvals: pgApprovals, state: httpDeployment },
  ({ approvals, state }, { thresholds: { approvalWakeSeconds } }) => {
    const [one] = deaf(state, approvals, approvalWakeSeconds);
    if (one === undefined) return no(`No deployment waits for an approval that was given more than ${seconds(approvalWakeSeconds)} ago.`);
    return yes(
      `${one.executionId} was approved ${seconds(one.respondedSeconds ?? 0)} ago, and the service says that it is PendingApproval; it should go on within ${seconds(approvalWakeSeconds)}.`,
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
  explains: ['http.deployment', 'pg.approvals', 'pg.jobs', 'job.waiting_approval'],
  summary: (context) => {
    const [one] = deaf(context.facts(httpDeployment), context.facts(pgApprovals), context.thresholds.approvalWakeSeconds);
    return `${one?.executionId ?? 'The deployment'} was approved ${seconds(one?.respondedSeconds ?? 0)} ago, and its pod does not know: the answer is in the database, but only the pod that handled it was told. The deployment waits until its time runs out.`;
  },
  advice: (context) => {
    const [one] = deaf(context.facts(httpDeployment), context.facts(pgApprovals), context.thresholds.approvalWakeSeconds);
    return [
      `Submit the deployment again and approve it anew, or wait until the time of ${one?.executionId ?? 'this one'} runs out; answering the same approval once more changes nothing. Do not restart the pod for it: that loses every deployment in its memory.`,
    ];
  },
});
