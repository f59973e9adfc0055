import { pgJobs } from '../checks/pg.jobs.ts';
import { pgLocks } from '../checks/pg.locks.ts';
import { capital, seconds } from '../rules/phrases.ts';
import { rule } from '../rules/rule.ts';
import { blockersOf, jobName, jobsOf, someJobIs, waitingOn, waitsForLockOn } from '../signs/jobs.ts';
import { defineCause } from '../types.ts';

const workerWaits = rule({ jobs: pgJobs, locks: pgLocks }, ({ jobs, locks }, context) =>
  waitsForLockOn(jobs.table, locks.waiting, context),
);

export const jobBlocked = defineCause({
  id: 'job.blocked',
  title: 'The worker of the deployment waits for a lock in the database',
  requires: [someJobIs('outlived its lock with a pod that is there', 'silent', 'slow_but_alive', 'unknown'), workerWaits],
  direct: workerWaits,
  explains: [
    'pg.jobs',
    'pg.locks',
    'pg.long_queries',
    'pg.job_queue',
    'pg.activity',
    'k8s.logs',
    'http.deployment',
    'app.workers',
    'job.silent',
    'job.slow_but_alive',
  ],
  summary: (context) => {
    const [job] = jobsOf(context, 'silent', 'slow_but_alive', 'unknown');
    const table = context.facts(pgJobs)?.table ?? 'the table of jobs';
    const [waiter] = waitingOn(table, context.facts(pgLocks)?.waiting ?? [], context);
    if (job === undefined || waiter === undefined) return 'The worker of a job waits for a lock.';
    return `${capital(jobName(job))} cannot go on: the application's session ${waiter.pid} has waited ${seconds(waiter.waitingSeconds)} to change ${table}, behind session ${waiter.blockedBy}.`;
  },
  advice: (context) => {
    const table = context.facts(pgJobs)?.table ?? '';
    const waiting = waitingOn(table, context.facts(pgLocks)?.waiting ?? [], context);
    return [
      ...blockersOf(context, waiting).map((blocker) => `Have the transaction ended that holds the lock: it is that of ${blocker}.`),
      'Leave the job and its pod alone: it goes on by itself once the lock is free.',
    ];
  },
});
