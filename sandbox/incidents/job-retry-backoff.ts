import { defineIncident } from '../incident.ts';

const ERRORS = ['Node node-12 refused the module: checksum mismatch', 'Health check of the new version failed on 2 of 12 nodes'];

/** A deployment failed, and the next attempt is to come. */
export default defineIncident({
  id: 'job-retry-backoff',
  title: 'A deployment seems to do nothing',
  truth: 'job.retry_backoff',
  topic: 'deployment',
  start: async ({ workflow }, random) => {
    const { deploymentId } = await workflow.writeJob({
      ...{ status: 'Failed', pod: random.pick(workflow.pods()), error: random.pick(ERRORS) },
      ...{
        createdAgo: random.between(12, 16),
        startedAgo: 4,
        completedAgo: 2,
        retryAgo: -random.between(4, 8),
        retries: random.whole(1, 2),
      },
    });
    return { question: { executionId: deploymentId }, ready: async () => true, stop: () => workflow.clear() };
  },
});
