import { defineIncident } from '../incident.ts';

/** The loop that takes jobs out of the queue waits for something that never comes, in every pod. */
export default defineIncident({
  id: 'job-processor-dead',
  title: 'New deployments stay "Pending"',
  truth: 'job.processor_dead',
  topic: 'deployment',
  start: async ({ workflow }, random) => {
    const goOn = workflow.hang('jobs');
    const longest = random.between(8, 20);
    const count = random.whole(3, 6);
    const jobs = await Promise.all(
      Array.from({ length: count }, (_, index) => workflow.writeJob({ status: 'Pending', createdAgo: (longest * (index + 1)) / count })),
    );
    return {
      question: { executionId: jobs[count - 1]?.deploymentId ?? '' },
      ready: async () => true,
      stop: async () => {
        goOn();
        await workflow.clear();
      },
    };
  },
});
