import { appWorkers } from '../checks/app.workers.ts';
import { httpDeployment } from '../checks/http.deployment.ts';
import { pgJobs } from '../checks/pg.jobs.ts';
import { seconds } from '../rules/phrases.ts';
import { cannotTell, decide, no, rule, yes } from '../rules/rule.ts';
import { defineCause, type FactsOf } from '../types.ts';

type States = FactsOf<typeof httpDeployment>;
type Jobs = FactsOf<typeof pgJobs>;

/** Deployments that the service calls Running for too long, and that have no row. */
const lost = (state: States | null, jobs: Jobs | null) =>
  (state?.deployments ?? []).filter(
    ({ executionId, status, runningSeconds }) =>
      status === 'Running' && (runningSeconds ?? 0) > (state?.stuckSeconds ?? 0) && (jobs?.withoutRow ?? []).includes(executionId),
  );

const runsWithoutRow = rule({ state: httpDeployment, jobs: pgJobs }, ({ state, jobs }) => {
  if (jobs.tableState !== 'read') return cannotTell(`Table ${jobs.table} is ${jobs.tableState}.`);
  const [one] = lost(state, jobs);
  if (one === undefined)
    return no(`Every deployment that the service calls Running for more than ${seconds(state.stuckSeconds)} has a row in ${jobs.table}.`);
  return yes(
    `The service says that ${one.executionId} has been Running for ${seconds(one.runningSeconds ?? 0)}, above ${seconds(state.stuckSeconds)}, and ${jobs.table} has no row for it.`,
  );
});

const podRestarted = rule(
  { state: httpDeployment, jobs: pgJobs, workers: appWorkers },
  ({ state, jobs, workers: { youngestPodSeconds } }) => {
    const [one] = lost(state, jobs);
    if (youngestPodSeconds === null || one === undefined) return cannotTell('How old the pods and the deployment are is not known.');
    const text = `The youngest pod has run for ${seconds(youngestPodSeconds)}, the deployment for ${seconds(one.runningSeconds ?? 0)}`;
    return decide(
      youngestPodSeconds < (one.runningSeconds ?? 0),
      `${text}: a pod was started since.`,
      `${text}: no pod was started since.`,
    );
  },
);

const allPodsRestarted = rule(
  { state: httpDeployment, jobs: pgJobs, workers: appWorkers },
  ({ state, jobs, workers: { oldestPodSeconds } }) => {
    const [one] = lost(state, jobs);
    if (oldestPodSeconds === null || one === undefined) return cannotTell('How old the pods and the deployment are is not known.');
    return decide(
      oldestPodSeconds < (one.runningSeconds ?? 0),
      `Every pod was started ${seconds(oldestPodSeconds)} ago at most, after the deployment began.`,
      'A pod is older than the deployment.',
    );
  },
);

/** Deployments that the API starts itself run in the memory of one pod; a restart loses them, and nothing says so. */
export const jobNoRow = defineCause({
  id: 'job.no_row',
  title: 'The deployment ran in the memory of a pod that was restarted since, and is lost',
  requires: [runsWithoutRow, podRestarted],
  direct: allPodsRestarted,
  explains: ['http.deployment', 'pg.jobs'],
  summary: (context) => {
    const [one] = lost(context.facts(httpDeployment), context.facts(pgJobs));
    return `The service still calls ${one?.executionId ?? 'it'} Running after ${seconds(one?.runningSeconds ?? 0)}, but it has no row in the queue, and pods were restarted since: nothing works on it any more.`;
  },
  advice: (context) =>
    lost(context.facts(httpDeployment), context.facts(pgJobs))
      .slice(0, 3)
      .map(
        ({ executionId }) =>
          `Submit the deployment again, after a look at how far it came: ${executionId} will not go on, and there is no row that could be repaired.`,
      ),
});
