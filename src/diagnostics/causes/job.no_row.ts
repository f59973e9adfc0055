import { appWorkers } from '../checks/app.workers.ts';
import { httpDeployment } from '../checks/http.deployment.ts';
import { pgJobs } from '../checks/pg.jobs.ts';
import { seconds } from '../rules/phrases.ts';
import { cannotTell, decide, no, rule } from '../rules/rule.ts';
import { apiSaysRunning } from '../signs/jobs.ts';
import { defineCause } from '../types.ts';

const hasNoRow = rule({ jobs: pgJobs }, ({ jobs: { table, tableState, askedFound } }) => {
  if (askedFound === null) return no('No execution was named.');
  return decide(
    tableState === 'read' && !askedFound,
    `Table ${table} has no row for it.`,
    `Table ${table} has a row for it, or could not be read.`,
  );
});

const podRestarted = rule({ state: httpDeployment, workers: appWorkers }, ({ state, workers: { youngestPodSeconds } }) => {
  if (youngestPodSeconds === null || state.runningSeconds === null)
    return cannotTell('How old the pods and the deployment are is not known.');
  const text = `The youngest pod has run for ${seconds(youngestPodSeconds)}, the deployment for ${seconds(state.runningSeconds)}`;
  return decide(youngestPodSeconds < state.runningSeconds, `${text}: a pod was started since.`, `${text}: no pod was started since.`);
});

const allPodsRestarted = rule({ state: httpDeployment, workers: appWorkers }, ({ state, workers: { oldestPodSeconds } }) => {
  if (oldestPodSeconds === null || state.runningSeconds === null)
    return cannotTell('How old the pods and the deployment are is not known.');
  const text = `Every pod was started ${seconds(oldestPodSeconds)} ago at most`;
  return decide(oldestPodSeconds < state.runningSeconds, `${text}, after the deployment began.`, 'A pod is older than the deployment.');
});

/** Deployments that the API starts itself run in the memory of one pod; a restart loses them, and nothing says so. */
export const jobNoRow = defineCause({
  id: 'job.no_row',
  title: 'The deployment ran in the memory of a pod that was restarted since, and is lost',
  requires: [apiSaysRunning, hasNoRow, podRestarted],
  direct: allPodsRestarted,
  explains: ['http.deployment', 'pg.jobs'],
  summary: (context) => {
    const state = context.facts(httpDeployment);
    return `The service still calls ${state?.executionId ?? 'it'} Running after ${seconds(state?.runningSeconds ?? 0)}, but it has no row in the queue, and pods were restarted since: nothing works on it any more.`;
  },
  advice: (context) => [
    `Submit the deployment again, after a look at how far it came: ${context.facts(httpDeployment)?.executionId ?? 'this execution'} will not go on, and there is no row that could be repaired.`,
  ],
});
