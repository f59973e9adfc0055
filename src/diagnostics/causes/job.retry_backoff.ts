import { pgJobs } from '../checks/pg.jobs.ts';
import { capital, seconds, short } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { failedJobs, jobName } from '../signs/jobs.ts';
import { defineCause } from '../types.ts';

const willRetry = rule({ jobs: pgJobs }, ({ jobs }) => {
  const [job] = failedJobs(jobs, 'will-retry');
  if (job === undefined) return no('No job waits to be tried again.');
  return yes(
    `${capital(jobName(job))} failed ${job.retries ?? 0} of ${job.mostRetries ?? 0} times and is tried again in ${seconds(job.retryInSeconds ?? 0)}.`,
  );
});

/** The pause doubles with each attempt. */
export const jobRetryBackoff = defineCause({
  id: 'job.retry_backoff',
  title: 'The deployment failed and waits to be tried again',
  requires: [willRetry],
  direct: willRetry,
  explains: ['pg.jobs', 'http.deployment'],
  summary: (context) => {
    const [job] = failedJobs(context.facts(pgJobs), 'will-retry');
    if (job === undefined) return 'A job failed and waits to be tried again.';
    const error = job.error === null ? '' : ` It failed with: ${short(job.error, 160)}`;
    return `${capital(jobName(job))} failed, and is tried again by itself in ${seconds(job.retryInSeconds ?? 0)} (attempt ${(job.retries ?? 0) + 1} of ${job.mostRetries ?? 0}).${error}`;
  },
  advice: (context) => {
    const [job] = failedJobs(context.facts(pgJobs), 'will-retry');
    return [
      `Mend what made it fail within ${seconds(job?.retryInSeconds ?? 0)}, or it fails again; there is nothing to unlock and nothing to restart.`,
    ];
  },
});
