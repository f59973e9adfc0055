import { k8sLogs } from '../checks/k8s.logs.ts';
import { pgConnect } from '../checks/pg.connect.ts';
import { count } from '../rules/phrases.ts';
import { decide, no, rule } from '../rules/rule.ts';
import type { ConclusionContext, Rule } from '../types.ts';
import { SYMPTOMS } from './latency.ts';

/** Rules and words that several causes share: how the pods and the bot fare when they connect to PostgreSQL. */

/** What the bot meets when it connects. `what` completes "The bot …". */
export function botMeets(fault: string, what: string): Rule {
  return rule({ connect: pgConnect }, ({ connect }) => {
    if (connect.connected) return no('The bot gets in.');
    return decide(connect.fault === fault, `The bot ${what} as well.`, 'The bot cannot get in for another reason.');
  });
}

/** How often the pods logged it, for a summary. */
export function loggedTimes(context: ConclusionContext, signature: string): string {
  const found = context.facts(k8sLogs)?.signatures.find((one) => one.signature === signature);
  return found === undefined ? 'The pods' : `${count(found.pods, 'pod')} (${count(found.count, 'message')})`;
}

/** Whether the bot fares as the pods do: what only the pods meet is about them, and not about the server. */
export function bothSides(context: ConclusionContext, fault: string, onlyPods: string): string {
  const connect = context.facts(pgConnect);
  if (connect === null) return 'The bot could not tell whether it would fare the same: its own connection says nothing of the server.';
  if (connect.connected) return `The bot gets in with its own role, so the server is up: ${onlyPods}`;
  return connect.fault === fault ? 'The bot fares the same.' : 'The bot cannot get in either, for another reason.';
}

/** Where a database that cannot be used shows. */
export const DATABASE_SYMPTOMS = [
  ...SYMPTOMS,
  'http.deployment',
  'k8s.deployment',
  'k8s.endpoints',
  'k8s.events',
  'k8s.logs',
  'k8s.pods',
  'pg.activity',
  'pg.approvals',
  'pg.approvals_recent',
  'pg.capacity',
  'pg.connect',
  'pg.job_queue',
  'pg.jobs',
  'prom.approvals',
  'prom.up',
] as const;

/** What follows from a database that cannot be used. */
export const DATABASE_CONSEQUENCES = [
  'api.bad_rollout',
  'api.crashloop.dependency',
  'api.crashloop.hosted_service',
  'api.crashloop.unknown',
  'api.liveness_kill',
  'api.readiness_failing',
  'app.downstream_slow',
  'app.downstream_timeout',
  'app.one_bad_pod',
  'app.pool_exhausted.busy',
  'app.pool_too_small',
  'approval.not_created',
  'approval.timeout_worker_dead',
  'approval.worker_db_error',
  'job.blocked',
  'job.failed_permanently',
  'job.no_row',
  'job.orphaned',
  'job.processor_dead',
  'job.retry_backoff',
  'job.silent',
] as const;
