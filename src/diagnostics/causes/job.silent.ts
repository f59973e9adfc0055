import { capital, seconds } from '../rules/phrases.ts';
import { jobName, jobsOf, someJobIs } from '../signs/jobs.ts';
import { defineCause } from '../types.ts';

export const jobSilent = defineCause({
  id: 'job.silent',
  title: 'The pod that runs the deployment is there, and has written nothing about it for long',
  requires: [someJobIs('is silent', 'silent')],
  explains: ['pg.jobs', 'http.deployment'],
  summary: (context) => {
    const [job] = jobsOf(context, 'silent');
    if (job === undefined) return 'A job outlived its lock, and its pod says nothing about it.';
    return `${capital(jobName(job))} has been Running for ${seconds(job.ageSeconds ?? 0)}: ${job.because}. It may hang, or wait for something without a word; nobody can tell from outside.`;
  },
  advice: (context) =>
    jobsOf(context, 'silent')
      .slice(0, 3)
      .map(
        (job) =>
          `Have somebody who knows deployment ${job.deploymentId} look whether its nodes still change, before anything is done: as long as pod ${job.instance ?? '?'} lives, job ${job.id} may be alive. Once that pod is gone, the job is orphaned and can be ended.`,
      ),
});
