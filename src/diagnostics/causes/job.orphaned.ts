import { pgJobs } from '../checks/pg.jobs.ts';
import type { RemediationOffer } from '../report.ts';
import { capital, count, seconds } from '../rules/phrases.ts';
import { jobName, jobsOf, type SeenJob, someJobIs } from '../signs/jobs.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const orphaned = someJobIs('has lost its worker', 'orphaned');

/** Jobs that are offered at once: each needs a decision of its own. */
const MOST_OFFERS = 3;

export const jobOrphaned = defineCause({
  id: 'job.orphaned',
  title: 'The pod that ran the deployment is gone, and nothing takes the job up again',
  requires: [orphaned],
  direct: orphaned,
  explains: ['pg.jobs', 'http.deployment'],
  summary: (context) => {
    const found = jobsOf(context, 'orphaned');
    const [job] = found;
    if (job === undefined) return 'A job is in the state Running and no process works on it.';
    const others = found.length === 1 ? '' : ` ${count(found.length - 1, 'other job')} lost theirs as well.`;
    return `${capital(jobName(job))} has been Running for ${seconds(job.ageSeconds ?? 0)}: ${job.because}. Rows in this state are never claimed again, so it stays so until somebody ends it.${others}`;
  },
  remediations: (context) =>
    jobsOf(context, 'orphaned')
      .filter((job) => isSafe(job, context))
      .slice(0, MOST_OFFERS)
      .flatMap(offers),
  advice: (context) =>
    jobsOf(context, 'orphaned')
      .slice(0, MOST_OFFERS)
      .flatMap((job) => [
        `End job ${job.id}: set it to Failed together with retry_count = max_retries and without a lock, only while it is Running and xmin is ${job.rowVersion}. Failed alone would be run again within seconds. To run it again instead, be sure that the deployment may be repeated.`,
      ])
      .concat('Do not restart pods for it: that orphans the jobs that run now.'),
});

/** As the remediation asks: the lock ran out a while ago, and the job is old enough to be called stuck. */
function isSafe({ lockRanOutSeconds, ageSeconds }: SeenJob, { thresholds, facts }: ConclusionContext): boolean {
  const stuck = facts(pgJobs)?.stuckSeconds ?? thresholds.jobStuckSeconds;
  return (lockRanOutSeconds === null || lockRanOutSeconds > thresholds.jobLockGraceSeconds) && ageSeconds !== null && ageSeconds > stuck;
}

function offers(job: SeenJob): RemediationOffer[] {
  const params = { id: job.id, rowVersion: job.rowVersion };
  const fail = { id: 'fix.job.fail', params, reason: `${jobName(job)} is ended for good: ${job.because}.` };
  const again = job.retries !== null && job.mostRetries !== null && job.retries < job.mostRetries;
  const requeue = {
    id: 'fix.job.requeue',
    params,
    reason: `${jobName(job)} is run again (attempt ${(job.retries ?? 0) + 1} of ${job.mostRetries ?? 0}), if the deployment may be repeated.`,
  };
  return again ? [fail, requeue] : [fail];
}
