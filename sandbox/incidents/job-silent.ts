import { defineIncident } from '../incident.ts';

/** The code that runs a deployment waits for something that never comes, without a word. */
export default defineIncident({
  id: 'job-silent',
  title: 'A deployment has not moved for an hour, and nobody hears of it',
  truth: 'job.silent',
  topic: 'deployment',
  start: async ({ workflow }, random) => {
    const startedAgo = random.between(40, 90);
    const pod = random.pick(workflow.pods());
    const { deploymentId } = await workflow.writeJob({
      ...{ status: 'Running', pod, createdAgo: startedAgo + 0.1 },
      ...{ startedAgo, lockEndedAgo: startedAgo - 10 },
    });
    return { question: { executionId: deploymentId }, ready: async () => true, stop: () => workflow.clear() };
  },
});
