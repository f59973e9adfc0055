import { defineIncident } from '../incident.ts';

/** A canary deployment takes its time between its steps. */
export default defineIncident({
  id: 'job-slow-but-alive',
  title: 'A deployment has been "Running" for longer than anybody expected',
  truth: 'job.slow_but_alive',
  topic: 'deployment',
  benign: true,
  start: async ({ workflow }, random) => {
    const startedAgo = random.between(20, 40);
    const pod = random.pick(workflow.pods());
    const job = await workflow.writeJob({
      ...{ status: 'Running', pod, createdAgo: startedAgo + 0.1 },
      ...{ startedAgo, lockEndedAgo: startedAgo - 10 },
    });
    workflow.stepThrough(pod, job);
    return { question: { executionId: job.deploymentId }, ready: async () => true, stop: () => workflow.clear() };
  },
});
