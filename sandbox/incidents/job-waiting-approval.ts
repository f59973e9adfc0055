import { defineIncident } from '../incident.ts';

/** Nobody has answered yet, and there are hours left to do so. */
export default defineIncident({
  id: 'job-waiting-approval',
  title: 'A deployment to production does not get going',
  truth: 'job.waiting_approval',
  topic: 'deployment',
  benign: true,
  start: async ({ workflow }, random) => {
    const startedAgo = random.between(60, 180);
    const pod = random.pick(workflow.pods());
    const { deploymentId } = await workflow.writeJob({
      ...{ status: 'Running', pod, createdAgo: startedAgo + 0.1 },
      ...{ startedAgo, lockEndedAgo: startedAgo - 10 },
    });
    await workflow.writeApprovals([{ executionId: deploymentId, requestedAgo: startedAgo, endedAgo: startedAgo - 24 * 60 }]);
    return { question: { executionId: deploymentId }, ready: async () => true, stop: () => workflow.clear() };
  },
});
