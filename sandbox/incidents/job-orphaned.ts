import { defineIncident } from '../incident.ts';

/** A machine went away in the middle of deployments; a pod of another name runs in its place. */
export default defineIncident({
  id: 'job-orphaned',
  title: 'A deployment has been "Running" for most of an hour',
  truth: 'job.orphaned',
  topic: 'deployment',
  start: async ({ workflow }, random) => {
    const startedAgo = random.between(35, 70);
    const pod = workflow.formerPod();
    const job = { status: 'Running', pod, createdAgo: startedAgo + 0.1, startedAgo, lockEndedAgo: startedAgo - 10 } as const;
    const { deploymentId } = await workflow.writeJob(job);
    if (random.whole(0, 1) === 1) await workflow.writeJob(job);
    return { question: { executionId: deploymentId }, ready: async () => true, stop: () => workflow.clear() };
  },
});
