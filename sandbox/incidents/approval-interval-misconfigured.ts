import { defineIncident } from '../incident.ts';

const VARIABLE = 'ApprovalTimeout__CheckIntervalMinutes';

/** Somebody meant seconds, or hours, and wrote what is read as minutes. */
export default defineIncident({
  id: 'approval-interval-misconfigured',
  title: 'Approvals stay open long after their time',
  truth: 'approval.interval_misconfigured',
  topic: 'approvals',
  start: async (world, random) => {
    const { workflow, kubernetes } = world;
    const before = workflow.pods();
    const minutes = random.pick([1_440, 2_880, 3_600]);
    await kubernetes.patchContainer({ env: [{ name: VARIABLE, value: String(minutes) }] });
    const late = Array.from({ length: random.whole(2, 5) }, () => random.between(30, 600));
    let written = false;
    return {
      ready: async () => {
        const now = workflow.pods();
        const replaced = now.length === world.deployment.replicas && now.every((pod) => !before.includes(pod));
        if (replaced && !written) {
          written = true;
          await workflow.writeApprovals(late.map((endedAgo) => ({ requestedAgo: endedAgo + 24 * 60, endedAgo })));
        }
        return replaced;
      },
      stop: async () => {
        await kubernetes.restoreDeployment();
        await workflow.clear();
      },
    };
  },
});
