import { pgLocks } from '../checks/pg.locks.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { decide, no, rule } from '../rules/rule.ts';
import { cancelOffer } from '../signs/cancel.ts';
import { errorsAreHigh, latencyIsHigh, SYMPTOMS } from '../signs/latency.ts';
import { describe, holdsUpOthers, isMaintenance, LOCK_SYMPTOMS, type LockRoot, manySessionsWait } from '../signs/locks.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const isRunning = (root: LockRoot) => root.state === 'active' && !isMaintenance(root);

const runningRootBlocks = rule({ locks: pgLocks }, ({ locks: { roots, waiters, warnSeconds, failWaiters } }) => {
  if (waiters === 0) return no('No session waits for a lock.');
  const [root] = roots.filter(isRunning);
  if (root === undefined) return no('Nobody who holds others up is running a statement.');
  const text = `${describe(root)} runs a statement and has held up ${count(root.blockedSessions, 'session')} for ${seconds(root.longestWaitSeconds)}`;
  return decide(
    holdsUpOthers(root, { warnSeconds, failWaiters }),
    `${text}; above ${seconds(warnSeconds)}, or ${failWaiters} sessions or more.`,
    `${text}; not above ${seconds(warnSeconds)}, and fewer than ${failWaiters} sessions.`,
  );
});

export const lockLongQuery = defineCause({
  id: 'db.lock.long_query',
  title: 'A long statement holds locks that others wait for',
  requires: [runningRootBlocks],
  direct: runningRootBlocks,
  supports: [manySessionsWait, latencyIsHigh, errorsAreHigh],
  explains: [...SYMPTOMS, ...LOCK_SYMPTOMS, 'db.slow_query.other'],
  summary: (context) => {
    const [root] = runningRoots(context);
    if (root === undefined) return 'A running statement holds locks that others wait for.';
    return `"${short(root.query, 120)}" (${describe(root)}) has run for ${seconds(root.inStateSeconds)}; ${count(root.blockedSessions, 'session waits', 'sessions wait')} for ${root.wantedLocks || 'its locks'}.`;
  },
  remediations: (context) =>
    cancelOffer(runningRoots(context)[0], 'ask first whoever runs it; what it has done in its transaction is rolled back.', context),
  advice: (context) =>
    runningRoots(context).map(
      (root) =>
        `Ask whoever runs ${describe(root)} whether its statement may be cancelled: SELECT pg_cancel_backend(${root.pid}); it has run for ${seconds(root.inStateSeconds)}.`,
    ),
});

function runningRoots(context: ConclusionContext): LockRoot[] {
  const limits = { warnSeconds: context.thresholds.lockWaitWarnSeconds, failWaiters: context.thresholds.lockWaitersFail };
  return (context.facts(pgLocks)?.roots ?? []).filter((root) => isRunning(root) && holdsUpOthers(root, limits));
}
