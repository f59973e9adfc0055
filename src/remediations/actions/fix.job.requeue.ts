import { jobQueue } from '../../diagnostics/evidence/job-queue.ts';
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
import { refuse } from '../guards/refusal.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation } from '../types.ts';

/** Runs one job again whose worker is gone. Its undo works until something claims the job. */
export default defineRemediation({
  id: 'fix.job.requeue',
  title: 'Run an orphaned job again',
  risk: 'R3',
  verbs: ['pg.job_requeue', 'pg.job_restore'],
  manual: {
    about:
      'Puts one job that is Running although the pod that claimed it is gone back into the queue: it is claimed again in half a minute, as one attempt more. The deployment runs a second time, so it must be safe to repeat.',
    example: { id: '4711', rowVersion: '12345' },
    parameters: JOB_PARAMETERS,
    refusals: {
      ...ORPHAN_REFUSALS,
      'no-attempt-left': 'it has had as many attempts as it may have',
      'nothing-claims': 'jobs wait that nothing claims: the processor must run first',
    },
    verification: 'The row carries the note that was written with it; afterwards a live pod claims it.',
    undo: 'The row as it was, until something claims it, as a request of its own.',
    stop: 'Nothing: it is one transaction.',
  },
  params: () => JobParams,
  mended: orphanMended,
  form: (context) => orphanForm(context, 'Runs one job again whose pod is gone. Ask for it only where the deployment may be done twice.'),
  needs: ({ id }) => ({ question: jobRowSource(id), queue: jobQueue }),
  plan(params, evidence) {
    const question = evidence.question.data;
    if (params.restore !== undefined) return planRestore(question, params);
    const objection = orphanGuard(question, params);
    if (objection !== undefined) return objection;
    const { job, limits } = question;
    if (job === null) throw new Error('the guard lets no missing job pass');
    if (job.retries >= job.mostRetries)
      return refuse(
        'no-attempt-left',
        `Job ${params.id} has had ${job.retries} of ${job.mostRetries} attempts.`,
        'End it for good, and start the deployment anew where it is wanted.',
        { remediation: 'fix.job.fail', params: { id: params.id, rowVersion: job.rowVersion } },
      );
    const queue = evidence.queue.data;
    if (queue.state === 'read' && queue.data.overdue > 0)
      return refuse(
        'nothing-claims',
        `${queue.data.overdue} jobs wait that nothing claims, so this one would wait with them.`,
        'Restart the pods first, and run the job again afterwards: a restart after it would orphan it once more.',
        { remediation: 'fix.k8s.restart', params: { jobs: 'keep' } },
      );
    return { kind: 'act', plan: planFor(params.id, job, limits) };
  },
  undo: ({ params, facts }) => undoOf(params, facts[0]),
});

function planFor(id: string, job: JobRow, limits: JobInQuestion['limits']): Draft {
  return {
    risk: 'R3',
    summary: `Run job ${id} (deployment ${job.deploymentId}) again, as attempt ${job.retries + 1} of ${job.mostRetries}.`,
    identity: jobIdentity(job, id),
    steps: [{ verb: 'pg.job_requeue', ...orphanStep(id, job, limits) }],
    stepTexts: [
      `UPDATE of that row of ${job.schema}.${job.table} to Pending with retry_count + 1 and without a lock, only while it is Running and its version is ${job.rowVersion}. It is claimed again after 30 s.`,
    ],
    changes: [],
    touches: [describeJob(id, job), 'The deployment runs again from its beginning, whatever it had done before its pod went away.'],
    warnings: [
      `Who approves confirms that deployment ${job.deploymentId} is safe to REPEAT.`,
      'Do not restart pods while it runs: that would orphan it again.',
    ],
    undo: {
      kind: 'steps',
      text: 'The row as it was, only until something claims it (30 s or a little more), with a plan and approvals of its own.',
    },
    stop: { kind: 'none' },
    temporary: false,
  };
}
