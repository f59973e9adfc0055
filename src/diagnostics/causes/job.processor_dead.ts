import { appWorkers } from '../checks/app.workers.ts';
import { k8sPods } from '../checks/k8s.pods.ts';
import { isClaiming, pgJobQueue } from '../checks/pg.job_queue.ts';
import { count, form, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, no, rule } from '../rules/rule.ts';
import { defineCause } from '../types.ts';

const queueStands = rule({ queue: pgJobQueue }, ({ queue }) => {
  if (queue.tableState !== 'read') return no(`Table ${queue.table} is ${queue.tableState}.`);
  if (queue.overdue === 0) return no(`No job has waited longer than ${seconds(queue.overdueSeconds)} to be claimed.`);
  const claimed =
    queue.lastClaimedSeconds === null ? 'none was ever claimed' : `the last one was claimed ${seconds(queue.lastClaimedSeconds)} ago`;
  const text = `${count(queue.overdue, 'job has', 'jobs have')} been waiting for more than ${seconds(queue.overdueSeconds)}, up to ${seconds(queue.oldestOverdueSeconds ?? 0)}, and ${claimed}`;
  return decide(!isClaiming(queue), `${text}.`, `${text}: jobs are still being claimed.`);
});

const podsAreUp = rule({ pods: k8sPods }, ({ pods: { ready, total } }) =>
  decide(
    ready > 0,
    `${ready} of ${count(total, 'pod')} ${form(ready, 'is', 'are')} ready.`,
    'No pod is ready, so nobody could claim anything.',
  ),
);

const hadTime = rule({ workers: appWorkers, queue: pgJobQueue }, ({ workers: { oldestPodSeconds }, queue: { overdueSeconds } }) => {
  if (oldestPodSeconds === null) return cannotTell('No pod runs.');
  const text = `The oldest pod has run for ${seconds(oldestPodSeconds)}`;
  return decide(oldestPodSeconds > overdueSeconds, `${text}.`, `${text}, which is too short to tell.`);
});

const logsFailures = rule({ workers: appWorkers }, ({ workers: { jobFailures, lastJobFailure } }) =>
  decide(jobFailures > 0, `The worker wrote: ${lastJobFailure}`, 'The worker wrote of no failure.'),
);

const logsNoClaim = rule({ workers: appWorkers }, ({ workers: { claims, logSeconds } }) =>
  decide(claims === 0, `No pod wrote in the last ${seconds(logSeconds)} that it claimed a job.`, 'A pod wrote that it claimed jobs.'),
);

export const jobProcessorDead = defineCause({
  id: 'job.processor_dead',
  title: 'Nobody takes jobs out of the queue: the worker of the pods has stopped',
  requires: [queueStands, podsAreUp, hadTime],
  supports: [logsNoClaim, logsFailures],
  explains: ['pg.job_queue', 'http.deployment', 'app.workers'],
  summary: (context) => {
    const queue = context.facts(pgJobQueue);
    return `${count(queue?.overdue ?? 0, 'job')} should have been claimed within seconds, and waited up to ${seconds(queue?.oldestOverdueSeconds ?? 0)} while the pods are up.`;
  },
  remediations: (context) => {
    const queue = context.facts(pgJobQueue);
    if (queue === null || queue.live > 0) return [];
    return [
      {
        id: 'fix.k8s.restart',
        params: {},
        reason: 'starts the worker of each pod again; no job runs under a live lock that it would orphan.',
      },
    ];
  },
  advice: (context) => {
    const { application } = context.target;
    const live = context.facts(pgJobQueue)?.live ?? 0;
    return [
      live > 0
        ? `${count(live, 'job still runs', 'jobs still run')} under a live lock: restart the pods only once that is over (kubectl --namespace ${context.target.kubernetes.namespace} rollout restart deployment/${context.target.kubernetes.deployment}), as a restart orphans running jobs.`
        : 'Restart the pods before anything is queued again, never after.',
      `Look for lines of ${application.jobWorkerCategory} since the pods began: where there is no "started" the worker was never registered, which is so where the connection string that it asks for (ConnectionStrings__PostgreSql) is not set.`,
    ];
  },
});
