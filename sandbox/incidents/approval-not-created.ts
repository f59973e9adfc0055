import { defineIncident } from '../incident.ts';

const VARIABLE = 'DistributedSystems__UsePostgresApprovals';
const ENOUGH_SECONDS = 25;

/** The new configuration keeps approvals in the memory of each process. */
export default defineIncident({
  id: 'approval-not-created',
  title: 'Approvers see nothing to approve, though people deploy',
  truth: 'approval.not_created',
  topic: 'approvals',
  start: async (world, random) => {
    const { workflow, kubernetes } = world;
    const before = workflow.pods();
    await kubernetes.patchContainer({ env: [{ name: VARIABLE, value: 'false' }] });
    let end: (() => void) | undefined;
    let since = 0;
    return {
      ready: async () => {
        const now = workflow.pods();
        if (now.length !== world.deployment.replicas || now.some((pod) => before.includes(pod))) return false;
        if (end === undefined) {
          end = world.addTraffic({ route: 'submissions', requestsPerSecond: random.between(1.2, 2) });
          since = world.observe.upSeconds();
        }
        return world.observe.upSeconds() - since > ENOUGH_SECONDS;
      },
      stop: async () => {
        end?.();
        await kubernetes.restoreDeployment();
      },
    };
  },
});
