import { pgLocks } from '../checks/pg.locks.ts';
import { count, seconds } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { latencyIsHigh, SYMPTOMS } from '../signs/latency.ts';
import { LOCK_SYMPTOMS, manySessionsWait } from '../signs/locks.ts';
import { defineCause } from '../types.ts';

/** A prepared transaction belongs to no session: PostgreSQL gives its pid as 0. */
const preparedTransactionBlocks = rule({ locks: pgLocks }, ({ locks: { roots, waiters } }) => {
  if (waiters === 0) return no('No session waits for a lock.');
  const root = roots.find(({ pid }) => pid === 0);
  if (root === undefined) return no('Nobody waits for a prepared transaction.');
  return yes(
    `${count(root.blockedSessions, 'session has', 'sessions have')} waited up to ${seconds(root.longestWaitSeconds)} for a prepared transaction.`,
  );
});

export const lockPrepared = defineCause({
  id: 'db.lock.prepared',
  title: 'A prepared transaction that nobody finishes holds locks',
  requires: [preparedTransactionBlocks],
  direct: preparedTransactionBlocks,
  supports: [manySessionsWait, latencyIsHigh],
  explains: [...SYMPTOMS, ...LOCK_SYMPTOMS, 'db.slow_query.other'],
  summary: () =>
    'A transaction was prepared for a two-phase commit and neither committed nor rolled back. It belongs to no session, so that no session can be ended.',
  advice: () => [
    'Find it with SELECT gid, prepared, owner FROM pg_prepared_xacts; its transaction manager knows whether to COMMIT PREPARED or ROLLBACK PREPARED it.',
  ],
});
