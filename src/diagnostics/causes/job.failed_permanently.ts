import { pgJobs } from '../checks/pg.jobs.ts';
import { capital, count, seconds, short } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { failedJobs, jobName } from '../signs/jobs.ts';
import { defineCause } from '../types.ts';

const hasGivenUp = rule({ jobs: pgJobs }, ({ jobs }) => {
  const [job, ...others] = failedJobs(jobs, 'for-good');
  if (job === undefined)
    return no(jobs.askedFound === true ? 'The job has not used up its attempts.' : 'No job has just used up its attempts.');
  const when = job.completedSeconds === null ? '' : `, the last time ${seconds(job.completedSeconds)} ago`;
  const more = others.length === 0 ? '' : ` ${count(others.length, 'more job')} like it.`;
  return yes(`${capital(jobName(job))} failed ${job.retries ?? 0} of ${job.mostRetries ?? 0} times${when}.${more}`);
});

export const jobFailedPermanently = defineCause({
  id: 'job.failed_permanently',
  title: 'The deployment failed as often as it may, and is not tried again',
  requires: [hasGivenUp],
  direct: hasGivenUp,
  explains: ['pg.jobs', 'http.deployment'],
  summary: (context) => {
    const [job] = failedJobs(context.facts(pgJobs), 'for-good');
    if (job === undefined) return 'A job used up its attempts.';
    return `${capital(jobName(job))} used up its ${job.mostRetries ?? 0} attempts. ${job.error === null ? 'It left no error text.' : `It failed with: ${short(job.error, 200)}`}`;
  },
  advice: () => ['Mend what made it fail, then submit the deployment again; a row that has failed for good is not to be revived by hand.'],
});
