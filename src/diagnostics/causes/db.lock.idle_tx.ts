import { pgLocks } from '../checks/pg.locks.ts';
import type { RemediationOffer } from '../report.ts';
import { capital, count, seconds, short } from '../rules/phrases.ts';
import { decide, no, rule } from '../rules/rule.ts';
import { errorsAreHigh, latencyIsHigh, SYMPTOMS } from '../signs/latency.ts';
import { describe, isIdleRoot, LOCK_SYMPTOMS, type LockRoot, manySessionsWait } from '../signs/locks.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const idleRootBlocks = rule({ locks: pgLocks }, ({ locks: { roots, waiters } }, { thresholds: { idleTransactionRootSeconds: limit } }) => {
  if (waiters === 0) return no('No session waits for a lock.');
  const [root] = roots.filter(isIdleRoot);
  if (root === undefined) return no('Nobody who holds others up is idle in a transaction.');
  const text = `${describe(root)} has been idle in its transaction for ${seconds(root.inStateSeconds)} and holds up ${count(root.blockedSessions, 'session')}`;
  return decide(
    root.inStateSeconds > limit,
    `${capital(text)}; above ${seconds(limit)}.`,
    `${capital(text)}; not above ${seconds(limit)} yet.`,
  );
});

export const lockIdleTransaction = defineCause({
  id: 'db.lock.idle_tx',
  title: 'A session that is idle in its transaction holds up others',
  requires: [idleRootBlocks],
  direct: idleRootBlocks,
  supports: [manySessionsWait, latencyIsHigh, errorsAreHigh],
  explains: [...SYMPTOMS, ...LOCK_SYMPTOMS, 'db.slow_query.other'],
  summary: (context) => {
    const [root] = idleRoots(context);
    if (root === undefined) return 'A session holds locks in a transaction that it does not end.';
    return `${capital(describe(root))} began a transaction ${seconds(root.transactionSeconds)} ago and does nothing; ${count(root.blockedSessions, 'session waits', 'sessions wait')} for ${root.wantedLocks || 'its locks'}. Its last statement: ${short(root.query, 140)}`;
  },
  remediations: (context) => idleRoots(context).flatMap((root) => offer(root, context)),
  advice: (context) =>
    idleRoots(context).flatMap((root) => [
      ...(root.advisoryLocks > 0
        ? [`Find out what ${describe(root)} does before it is ended: it holds an advisory lock, so it may be a running deployment.`]
        : []),
      ...(isApplication(root, context)
        ? []
        : [`Ask whoever runs ${describe(root)} to commit or roll back: its role is none of the application's, so the bot may not end it.`]),
      'Have the code commit before it waits for anything else; idle_in_transaction_session_timeout ends such sessions by itself.',
    ]),
});

function idleRoots(context: ConclusionContext): LockRoot[] {
  const limit = context.thresholds.idleTransactionRootSeconds;
  return (context.facts(pgLocks)?.roots ?? []).filter((root) => isIdleRoot(root) && root.inStateSeconds > limit);
}

const isApplication = ({ role }: LockRoot, { target }: ConclusionContext) =>
  role !== null && target.database.applicationRoles.includes(role);

function offer(root: LockRoot, context: ConclusionContext): RemediationOffer[] {
  if (root.backendStart === null || root.advisoryLocks > 0 || !isApplication(root, context)) return [];
  const reason = `ending ${describe(root)} rolls its transaction back and lets ${count(root.blockedSessions, 'session')} go on.`;
  return [{ id: 'fix.pg.terminate_idle_tx', params: { pid: root.pid, backendStart: root.backendStart }, reason }];
}
