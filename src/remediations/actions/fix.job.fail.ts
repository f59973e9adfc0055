import { type JobInQuestion, type JobRow, jobRowSource } from '../evidence/job-row.ts';
import {
  describeJob,
  JOB_PARAMETERS,
  JobParams,
  jobIdentity,
  ORPHAN_REFUSALS,
  orphanForm,
  orphanGuard,
  orphanMended,
  orphanStep,
  planRestore,
  undoOf,
} from '../guards/orphaned-job.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation } from '../types.ts';

/** Ends one job for good whose worker is gone. Its undo puts the row back while nobody has changed it. */
export default defineRemediation({
  id: 'fix.job.fail',
  title: 'End an orphaned job for good',
  risk: 'R2',
  verbs: ['pg.job_fail', 'pg.job_restore'],
  leavesBad: ['pg.jobs', 'http.deployment'],
  manual: {
    about:
      'Ends one job that is Running although the pod that claimed it is gone: it becomes Failed without retries left, as one that has some is claimed again within seconds.',
    example: { id: '4711', rowVersion: '12345' },
    parameters: JOB_PARAMETERS,
    refusals: ORPHAN_REFUSALS,
    verification: 'The row carries the note that was written with it.',
    undo: 'The row as it was, while nobody has changed it since, as a request of its own.',
    stop: 'Nothing: it is one transaction.',
  },
  params: () => JobParams,
  mended: orphanMended,
  form: (context) =>
    orphanForm(context, 'Ends one job for good whose pod is gone. Whoever waits for the deployment is told that it failed.'),
  needs: ({ id }) => ({ question: jobRowSource(id) }),
  plan(params, evidence) {
    const question = evidence.question.data;
    if (params.restore !== undefined) return planRestore(question, params);
    const objection = orphanGuard(question, params);
    if (objection !== undefined) return objection;
    if (question.job === null) throw new Error('the guard lets no missing job pass');
    return { kind: 'act', plan: planFor(params.id, question.job, question.limits) };
  },
  undo: ({ params, facts }) => undoOf(params, facts[0]),
});

function planFor(id: string, job: JobRow, limits: JobInQuestion['limits']): Draft {
  return {
    risk: 'R2',
    summary: `End job ${id} (deployment ${job.deploymentId}) for good.`,
    identity: jobIdentity(job, id),
    steps: [{ verb: 'pg.job_fail', ...orphanStep(id, job, limits) }],
    stepTexts: [
      `UPDATE of that row of ${job.schema}.${job.table} to Failed with retry_count = ${job.mostRetries} and without a lock, only while it is Running and its version is ${job.rowVersion}.`,
    ],
    changes: [],
    touches: [describeJob(id, job), 'The deployment counts as failed and is not tried again by itself. What it has done so far stays.'],
    warnings: [],
    undo: { kind: 'steps', text: 'The row as it was, while nobody has changed it, with a plan and approvals of its own.' },
    stop: { kind: 'none' },
    temporary: false,
  };
}
