import { capital, seconds } from '../rules/phrases.ts';
import { jobName, jobsOf, someJobIs } from '../signs/jobs.ts';
import { defineCause } from '../types.ts';

const alive = someJobIs('outlived its lock and goes on', 'slow_but_alive');

/** A lock lasts ten minutes and is not renewed; a canary deployment waits longer than that between its steps. */
export const jobSlowButAlive = defineCause({
  id: 'job.slow_but_alive',
  title: 'The deployment takes long, and goes on',
  benign: true,
  requires: [alive],
  direct: alive,
  explains: ['pg.jobs', 'http.deployment'],
  summary: (context) => {
    const [job] = jobsOf(context, 'slow_but_alive');
    if (job === undefined) return 'A job outlived its lock, and its pod still writes about it.';
    return `${capital(jobName(job))} has been Running for ${seconds(job.ageSeconds ?? 0)}: ${job.because}. Locks are not renewed, so one that has run out says nothing against a deployment that takes long.`;
  },
  advice: (context) =>
    jobsOf(context, 'slow_but_alive')
      .slice(0, 3)
      .map(({ id, instance }) => `Leave job ${id} and pod ${instance ?? '?'} alone; a restart would kill it.`),
});
