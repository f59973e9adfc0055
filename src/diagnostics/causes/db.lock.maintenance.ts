import { pgLocks } from '../checks/pg.locks.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { decide, no, rule } from '../rules/rule.ts';
import { latencyIsHigh, SYMPTOMS } from '../signs/latency.ts';
import { describe, holdsUpOthers, isMaintenance, LOCK_SYMPTOMS, manySessionsWait } from '../signs/locks.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const maintenanceBlocks = rule({ locks: pgLocks }, ({ locks: { roots, waiters, warnSeconds, failWaiters } }) => {
  if (waiters === 0) return no('No session waits for a lock.');
  const root = roots.find(isMaintenance);
  if (root === undefined) return no('Nobody who holds others up does maintenance.');
  const text = `${describe(root)} does maintenance and has held up ${count(root.blockedSessions, 'session')} for ${seconds(root.longestWaitSeconds)}`;
  return decide(
    holdsUpOthers(root, { warnSeconds, failWaiters }),
    `${text}; above ${seconds(warnSeconds)}, or ${failWaiters} sessions or more.`,
    `${text}; not above ${seconds(warnSeconds)}, and fewer than ${failWaiters} sessions.`,
  );
});

export const lockMaintenance = defineCause({
  id: 'db.lock.maintenance',
  title: 'Maintenance of the database holds locks that others wait for',
  requires: [maintenanceBlocks],
  direct: maintenanceBlocks,
  supports: [manySessionsWait, latencyIsHigh],
  explains: [...SYMPTOMS, ...LOCK_SYMPTOMS, 'db.slow_query.other'],
  summary: (context) => {
    const root = find(context);
    return root === undefined
      ? 'Maintenance holds locks that others wait for.'
      : `${short(root.query, 120)} (${describe(root)}) holds up ${count(root.blockedSessions, 'session')}.`;
  },
  advice: (context) => {
    const root = find(context);
    if (root === undefined) return [];
    if (/wraparound/i.test(root.query)) return [`Let ${describe(root)} finish: it prevents wraparound, and ending it makes that worse.`];
    return [
      `Decide with whoever started it whether ${describe(root)} may be cancelled (SELECT pg_cancel_backend(${root.pid})), and run such work outside busy hours, with CONCURRENTLY where there is one.`,
    ];
  },
});

function find(context: ConclusionContext) {
  return context.facts(pgLocks)?.roots.find(isMaintenance);
}
