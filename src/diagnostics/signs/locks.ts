import { pgLocks } from '../checks/pg.locks.ts';
import { count, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, rule, yes } from '../rules/rule.ts';
import type { FactsOf } from '../types.ts';

/** Rules that several causes share: who waits for locks. */

export type LockRoot = FactsOf<typeof pgLocks>['roots'][number];

/** A session as people know it. */
export function describe({ pid, application, client, role }: Pick<LockRoot, 'pid' | 'application' | 'client' | 'role'>): string {
  const who = [application, role === null ? null : `role ${role}`, client].filter((part) => part !== null && part !== '').join(', ');
  return `session ${pid}${who === '' ? '' : ` (${who})`}`;
}

export const isIdleRoot = ({ state }: LockRoot) => state?.startsWith('idle in transaction') === true;

const MAINTENANCE = /^\s*(?:VACUUM|ANALYZE|CREATE\s+(?:UNIQUE\s+)?INDEX|REINDEX|CLUSTER|REFRESH\s+MATERIALIZED|autovacuum:)/i;

export function isMaintenance({ backendType, query, application }: LockRoot): boolean {
  return backendType === 'autovacuum worker' || MAINTENANCE.test(query) || application === 'pg_dump';
}

/** Whether a root holds others up seriously: one for long, or many, whose own time limits may end each wait before it is long. */
export function holdsUpOthers(
  root: LockRoot,
  { warnSeconds, failWaiters }: { readonly warnSeconds: number; readonly failWaiters: number },
): boolean {
  return root.longestWaitSeconds > warnSeconds || root.blockedSessions >= failWaiters;
}

export const manySessionsWait = rule(
  { locks: pgLocks },
  ({ locks: { waiters, longestWaitSeconds, failWaiters, failSeconds, chainDepth } }) => {
    const text = `${count(waiters, 'session waits', 'sessions wait')} for locks, the longest for ${seconds(longestWaitSeconds)}, in a chain of ${chainDepth}`;
    return decide(waiters >= failWaiters || longestWaitSeconds > failSeconds, `${text}.`, `${text}.`);
  },
);

export const nobodyWaitsForLocks = rule({ locks: pgLocks }, ({ locks: { waiters, longestWaitSeconds, warnSeconds } }) =>
  decide(
    longestWaitSeconds <= warnSeconds,
    waiters === 0 ? 'No session waits for a lock.' : `Sessions wait for locks ${seconds(longestWaitSeconds)} at most.`,
    `${count(waiters, 'session waits', 'sessions wait')} for locks, up to ${seconds(longestWaitSeconds)}.`,
  ),
);

/** Waiting makes any statement slow: while sessions wait, slow statements say nothing about plans. */
export const waitsDoNotBlur = rule({ locks: pgLocks }, ({ locks: { waiters, longestWaitSeconds, warnSeconds } }) =>
  longestWaitSeconds <= warnSeconds
    ? yes(waiters === 0 ? 'No session waits for a lock.' : `Sessions wait for locks ${seconds(longestWaitSeconds)} at most.`)
    : cannotTell(
        `${count(waiters, 'session waits', 'sessions wait')} for locks, up to ${seconds(longestWaitSeconds)}, which makes any statement slow: look again when they do not.`,
      ),
);

/** Where the waiting of others shows, and what follows from it. */
export const LOCK_SYMPTOMS = [
  'pg.locks',
  'pg.long_queries',
  'pg.activity',
  'pg.idle_tx',
  'pg.statements',
  'pg.capacity',
  'pg.jobs',
  'pg.job_queue',
  'pg.approvals',
  'k8s.logs',
  'app.downstream_slow',
  'app.pool_exhausted.busy',
  'job.blocked',
  'approval.row_locked',
  'approval.worker_db_error',
] as const;
