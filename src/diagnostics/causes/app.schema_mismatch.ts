import { count } from '../rules/phrases.ts';
import { podsLogged } from '../signs/logs.ts';
import { requestsFail, signatureSeen, sinceNewRevision } from '../signs/refusals.ts';
import { cameWith, rollbackAdvice, rollbackOf } from '../signs/rollback.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const SIGNATURE = 'log.pg.schema';
const somethingIsMissing = podsLogged(SIGNATURE, 'a table or column does not exist (42P01 or 42703)');

/** The program expects tables or columns that the database does not have: most often a migration that did not run. */
export const schemaMismatch = defineCause({
  id: 'app.schema_mismatch',
  title: 'The program expects a table or column that the database does not have',
  requires: [somethingIsMissing, requestsFail],
  supports: [sinceNewRevision(SIGNATURE)],
  direct: somethingIsMissing,
  explains: [
    'prom.error_rate',
    'prom.pods',
    'k8s.logs',
    'http.deployment',
    'pg.job_queue',
    'pg.approvals',
    'api.bad_rollout',
    'approval.not_created',
    'approval.worker_db_error',
    'job.processor_dead',
  ],
  summary: (context) => {
    const { pods, times, missing } = found(context);
    return `${count(pods, 'pod')} logged ${count(times, 'time')} that ${missing}.${cameWith(context)}`;
  },
  remediations: (context) => rollbackOf(context, `a need for what the database lacks (${found(context).missing})`),
  advice: (context) => {
    const { missing, frame } = found(context);
    return [
      `Run the migration that adds it: ${missing}${frame === '' ? '' : `; it is asked for in ${frame}`}. Where somebody dropped it, restore it.`,
      ...rollbackAdvice(context),
    ];
  },
});

function found(context: ConclusionContext): { pods: number; times: number; missing: string; frame: string } {
  const { pods, times, frame, sample } = signatureSeen(context, SIGNATURE);
  const missing = /(?:42P01|42703): (.*?does not exist)/.exec(sample)?.[1] ?? 'a table or column does not exist';
  return { pods, times, missing, frame };
}
