import { defineIncident } from '../incident.ts';

/** The loop that ends overdue approvals waits for something that never comes, in every pod. */
export default defineIncident({
  id: 'approval-timeout-worker-dead',
  title: 'Approvals of yesterday are still open',
  truth: 'approval.timeout_worker_dead',
  topic: 'approvals',
  start: async ({ workflow }, random) => {
    const goOn = workflow.hang('approvals');
    const late = Array.from({ length: random.whole(2, 9) }, () => random.between(20, 400));
    await workflow.writeApprovals(late.map((endedAgo) => ({ requestedAgo: endedAgo + 24 * 60, endedAgo })));
    return {
      ready: async () => true,
      stop: async () => {
        goOn();
        await workflow.clear();
      },
    };
  },
});
