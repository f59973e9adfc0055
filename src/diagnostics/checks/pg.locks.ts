import { locks } from '../evidence/locks.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type LockFacts = {
  waiters: number;
  longestWaitSeconds: number;
  chainDepth: number;
  warnSeconds: number;
  failSeconds: number;
  failWaiters: number;
  roots: {
    pid: number;
    backendStart: string | null;
    queryStart: string | null;
    role: string | null;
    application: string | null;
    client: string | null;
    backendType: string | null;
    state: string | null;
    query: string;
    inStateSeconds: number;
    transactionSeconds: number;
    blockedSessions: number;
    chainDepth: number;
    longestWaitSeconds: number;
    heldModes: string;
    wantedLocks: string;
    advisoryLocks: number;
  }[];
  /** Waiters that want a lock that nobody else may hold beside them, and how many sessions stand behind each. */
  chokes: {
    pid: number;
    backendStart: string;
    queryStart: string | null;
    role: string;
    application: string;
    query: string;
    wantedOn: string;
    waitingSeconds: number;
    behind: number;
    rootPids: string;
  }[];
  /** The longest waiting sessions, at most 20. */
  waiting: {
    pid: number;
    role: string;
    application: string;
    client: string | null;
    wantedOn: string;
    waitingSeconds: number;
    blockedBy: string;
    query: string;
  }[];
};

const SHOWN_WAITERS = 20;

const EXCLUSIVE = 'AccessExclusiveLock';

export const pgLocks = defineCheck({
  id: 'pg.locks',
  title: 'Locks',
  needs: { locks },
  judge({ locks: { data } }, { thresholds }): Judgement<LockFacts> {
    const { lockWaitWarnSeconds, lockWaitFailSeconds, lockWaitersFail } = thresholds;
    const longest = data.waiters.reduce((most, { waitingSeconds }) => Math.max(most, waitingSeconds), 0);
    const facts: LockFacts = {
      waiters: new Set(data.waiters.map(({ pid }) => pid)).size,
      longestWaitSeconds: longest,
      chainDepth: Math.max(0, ...data.roots.map(({ chainDepth }) => chainDepth)),
      warnSeconds: lockWaitWarnSeconds,
      failSeconds: lockWaitFailSeconds,
      failWaiters: lockWaitersFail,
      roots: data.roots.map(({ waiters: _, heldModes, wantedLocks, ...root }) => ({
        ...root,
        heldModes: heldModes.join(', '),
        wantedLocks: wantedLocks.join(', '),
      })),
      chokes: data.waiters
        .filter(({ wantedMode, lockType }) => wantedMode === EXCLUSIVE && lockType === 'relation')
        .map(({ pid, backendStart, queryStart, role, application, query, wantedOn, waitingSeconds, blockedBy }) => ({
          pid,
          backendStart,
          queryStart,
          role,
          application,
          query,
          wantedOn,
          waitingSeconds,
          behind: data.waiters.filter((other) => other.blockedBy.includes(pid)).length,
          rootPids: blockedBy.join(', '),
        })),
      waiting: data.waiters
        .slice(0, SHOWN_WAITERS)
        .map(({ pid, role, application, client, wantedOn, waitingSeconds, blockedBy, query }) => ({
          pid,
          role,
          application,
          client,
          wantedOn,
          waitingSeconds,
          blockedBy: blockedBy.join(', '),
          query: short(query, 200),
        })),
    };
    if (facts.waiters === 0) return { verdict: 'ok', summary: 'No session waits for a lock.', facts };
    const text = `${count(facts.waiters, 'session waits', 'sessions wait')} for a lock, the longest for ${seconds(longest)}`;
    if (longest > lockWaitFailSeconds) return { verdict: 'fail', summary: `${text}, above ${seconds(lockWaitFailSeconds)}.`, facts };
    if (facts.waiters >= lockWaitersFail) return { verdict: 'fail', summary: `${text}; ${lockWaitersFail} or more are too many.`, facts };
    if (longest > lockWaitWarnSeconds) return { verdict: 'warn', summary: `${text}, above ${seconds(lockWaitWarnSeconds)}.`, facts };
    return { verdict: 'ok', summary: `${text}, not above ${seconds(lockWaitWarnSeconds)}.`, facts };
  },
});
