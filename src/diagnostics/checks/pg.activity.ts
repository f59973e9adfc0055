import type { Thresholds } from '../../config/thresholds.ts';
import { type Activity, type ActivityGroup, activity } from '../evidence/activity.ts';
import { idleTransactions } from '../evidence/idle-transactions.ts';
import { percent, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type ActivityFacts = {
  connections: number;
  active: number;
  idle: number;
  idleInTransaction: number;
  idleInTransactionRatio: number;
  /** Idle in a transaction for longer than warnSeconds. */
  idleInTransactionLong: number;
  longestIdleSeconds: number;
  /** How long the running statements have been running on average; null where none runs. */
  meanStatementSeconds: number | null;
  waitingOnLock: number;
  /** `pods`: sessions come from the pods' addresses. `pooler`: all come from one address that is no pod's. */
  seenFrom: 'pods' | 'pooler' | 'elsewhere' | 'unknown';
  failRatio: number;
  warnSeconds: number;
  failSeconds: number;
  clients: { client: string; state: string; connections: number }[];
};

/** A share of very few sessions says nothing. */
const FEWEST = 3;
const SHOWN = 10;

export const pgActivity = defineCheck({
  id: 'pg.activity',
  title: 'Sessions of the application',
  needs: { activity, idleTransactions },
  judge({ activity: { data }, idleTransactions: { data: idleSessions } }, { target, thresholds }): Judgement<ActivityFacts> {
    const ours = (role: string) => target.database.applicationRoles.includes(role);
    const groups = data.groups.filter(({ role }) => ours(role));
    const idling = idleSessions.filter(({ role }) => ours(role));
    const connections = total(groups);
    const active = groups.filter(({ state }) => state === 'active');
    const facts = {
      connections,
      active: total(active),
      idle: total(groups.filter(({ state }) => state === 'idle')),
      idleInTransaction: idling.length,
      idleInTransactionRatio: connections === 0 ? 0 : idling.length / connections,
      idleInTransactionLong: idling.filter(({ idleSeconds }) => idleSeconds > thresholds.idleTransactionWarnSeconds).length,
      longestIdleSeconds: Math.max(0, ...idling.map(({ idleSeconds }) => idleSeconds)),
      meanStatementSeconds: meanOf(active),
      waitingOnLock: groups.reduce((sum, group) => sum + group.waitingOnLock, 0),
      seenFrom: seenFrom(groups, data.podAddresses),
      failRatio: thresholds.idleTransactionFailRatio,
      warnSeconds: thresholds.idleTransactionWarnSeconds,
      failSeconds: thresholds.idleTransactionFailSeconds,
      clients: groups
        .slice(0, SHOWN)
        .map(({ client, state, connections: own }) => ({ client: client ?? 'socket', state, connections: own })),
    };
    const roles = target.database.applicationRoles.join(', ');
    if (connections === 0)
      return { verdict: 'unknown', summary: `There is no session of ${roles}: the application may use another role, or be down.`, facts };
    const text = `${connections} sessions of ${roles}${FROM[facts.seenFrom]}: ${facts.active} active, ${idling.length} idle in a transaction`;
    return { ...judged(facts, text, thresholds), facts };
  },
});

function judged(facts: ActivityFacts, text: string, limits: Thresholds): { verdict: 'ok' | 'warn' | 'fail'; summary: string } {
  const { longestIdleSeconds: longest, idleInTransaction, idleInTransactionRatio: ratio } = facts;
  const above = (limit: number) => `${text}, one for ${seconds(longest)}, above ${seconds(limit)}.`;
  if (longest > limits.idleTransactionFailSeconds) return { verdict: 'fail', summary: above(limits.idleTransactionFailSeconds) };
  if (idleInTransaction >= FEWEST && ratio > limits.idleTransactionFailRatio)
    return { verdict: 'fail', summary: `${text} (${percent(ratio)}, above ${percent(limits.idleTransactionFailRatio)}).` };
  if (longest > limits.idleTransactionWarnSeconds) return { verdict: 'warn', summary: above(limits.idleTransactionWarnSeconds) };
  return { verdict: 'ok', summary: `${text}.` };
}

const FROM: Readonly<Record<ActivityFacts['seenFrom'], string>> = {
  pods: ' from the pods',
  pooler: ' from one address that is no pod, as behind PgBouncer, so that they cannot be told apart by pod',
  elsewhere: ' from addresses that are no pods',
  unknown: '',
};

/** A pooler between the pods and the server (PgBouncer) shows as one address that is none of the pods'. */
function seenFrom(groups: readonly ActivityGroup[], pods: Activity['podAddresses']): ActivityFacts['seenFrom'] {
  const clients = [...new Set(groups.flatMap(({ client }) => client ?? []))];
  if (pods === null || pods.length === 0 || clients.length === 0) return 'unknown';
  if (clients.some((client) => pods.includes(client))) return 'pods';
  return clients.length === 1 && pods.length > 1 ? 'pooler' : 'elsewhere';
}

const total = (groups: readonly ActivityGroup[]) => groups.reduce((sum, { connections }) => sum + connections, 0);

function meanOf(groups: readonly ActivityGroup[]): number | null {
  const all = total(groups);
  return all === 0 ? null : groups.reduce((sum, group) => sum + (group.meanStatementSeconds ?? 0) * group.connections, 0) / all;
}
