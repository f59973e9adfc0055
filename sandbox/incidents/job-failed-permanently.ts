import { defineIncident } from '../incident.ts';

const ERRORS = ['Node node-31 is out of disk space', 'Signature of module pricing 1.14.0 is not trusted'];

/** A deployment failed as often as it may. */
export default defineIncident({
  id: 'job-failed-permanently',
  title: 'A deployment never arrived',
  truth: 'job.failed_permanently',
  topic: 'deployment',
  start: async ({ workflow }, random) => {
    const { deploymentId } = await workflow.writeJob({
      ...{ status: 'Failed', pod: random.pick(workflow.pods()), error: random.pick(ERRORS), retries: 3 },
      ...{ createdAgo: random.between(25, 40), startedAgo: 6, completedAgo: random.between(3, 5) },
    });
    return { question: { executionId: deploymentId }, ready: async () => true, stop: () => workflow.clear() };
  },
});
