import { pgLocks } from '../checks/pg.locks.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { cancelOffer } from '../signs/cancel.ts';
import { errorsAreHigh, latencyIsHigh, SYMPTOMS } from '../signs/latency.ts';
import { describe, LOCK_SYMPTOMS, manySessionsWait } from '../signs/locks.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

/** Sessions behind a waiting DDL statement before it counts as a queue. */
const QUEUE = 2;
/** Modes that ordinary statements take: they hold up nobody but such a DDL statement. */
const ORDINARY = new Set(['AccessShareLock', 'RowShareLock', 'RowExclusiveLock']);

const sessionsQueueBehindDdl = rule({ locks: pgLocks }, ({ locks: { chokes, roots } }) => {
  const choke = chokes.find(({ behind }) => behind >= QUEUE);
  if (choke === undefined)
    return no(
      chokes.length === 0
        ? 'No statement waits for an AccessExclusiveLock.'
        : `Fewer than ${QUEUE} sessions wait behind the statement that wants an AccessExclusiveLock.`,
    );
  const before = choke.rootPids.split(', ');
  const strong = roots.find(
    (root) => before.includes(String(root.pid)) && root.heldModes.split(', ').some((mode) => mode !== '' && !ORDINARY.has(mode)),
  );
  if (strong !== undefined)
    return no(`${describe(strong)} holds ${strong.heldModes} itself, which would hold up others without the queue.`);
  return yes(
    `Session ${choke.pid} has waited ${seconds(choke.waitingSeconds)} for an AccessExclusiveLock on ${choke.wantedOn}, and ${count(choke.behind, 'session waits', 'sessions wait')} behind it.`,
  );
});

export const lockDdlQueue = defineCause({
  id: 'db.lock.ddl_queue',
  title: 'A schema change waits for its lock, and everybody else queues behind it',
  requires: [sessionsQueueBehindDdl],
  direct: sessionsQueueBehindDdl,
  supports: [manySessionsWait, latencyIsHigh, errorsAreHigh],
  explains: [
    ...SYMPTOMS,
    ...LOCK_SYMPTOMS,
    'db.lock.idle_tx',
    'db.lock.long_query',
    'db.lock.maintenance',
    'db.lock.prepared',
    'db.slow_query.other',
  ],
  summary: (context) => {
    const choke = queueHead(context);
    if (choke === undefined) return 'A schema change holds up a table that it cannot lock yet.';
    return `"${short(choke.query, 100)}" (session ${choke.pid}, ${choke.application || choke.role}) waits for session ${choke.rootPids} before it can lock ${choke.wantedOn}; ${count(choke.behind, 'session')} that want the same table wait behind it.`;
  },
  remediations: (context) => cancelOffer(queueHead(context), 'everybody behind it goes on at once, and it can be run again.', context),
  advice: (context) => {
    const choke = queueHead(context);
    if (choke === undefined) return [];
    return [
      `Cancel the schema change: SELECT pg_cancel_backend(${choke.pid}); everybody behind it goes on at once. Then see to session ${choke.rootPids}, and try again with a short lock_timeout.`,
    ];
  },
});

function queueHead(context: ConclusionContext) {
  return context.facts(pgLocks)?.chokes.find(({ behind }) => behind >= QUEUE);
}
