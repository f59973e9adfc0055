import { activity } from '../evidence/activity.ts';
import { idleTransactions } from '../evidence/idle-transactions.ts';
import { percent, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type ActivityFacts = {
  connections: number;
  active: number;
  idle: number;
  idleInTransaction: number;
  idleInTransactionRatio: number;
  longestIdleSeconds: number;
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
    const groups = data.filter(({ role }) => ours(role));
    const idling = idleSessions.filter(({ role }) => ours(role));
    const total = (state?: string) =>
      groups.filter((group) => state === undefined || group.state === state).reduce((sum, group) => sum + group.connections, 0);
    const connections = total();
    const ratio = connections === 0 ? 0 : idling.length / connections;
    const longest = Math.max(0, ...idling.map(({ idleSeconds }) => idleSeconds));
    const facts = {
      connections,
      active: total('active'),
      idle: total('idle'),
      idleInTransaction: idling.length,
      idleInTransactionRatio: ratio,
      longestIdleSeconds: longest,
      failRatio: thresholds.idleTransactionFailRatio,
      warnSeconds: thresholds.idleTransactionWarnSeconds,
      failSeconds: thresholds.idleTransactionFailSeconds,
      clients: groups
        .slice(0, SHOWN)
        .map(({ client, state, connections: own }) => ({ client: client ?? 'socket', state, connections: own })),
    };
    const roles = target.database.applicationRoles.join(', ');
    const text = `${connections} sessions of ${roles}: ${facts.active} active, ${idling.length} idle in a transaction`;
    if (connections === 0)
      return { verdict: 'unknown', summary: `There is no session of ${roles}: the application may use another role, or be down.`, facts };
    if (longest > thresholds.idleTransactionFailSeconds)
      return {
        verdict: 'fail',
        summary: `${text}, one for ${seconds(longest)}, above ${seconds(thresholds.idleTransactionFailSeconds)}.`,
        facts,
      };
    if (idling.length >= FEWEST && ratio > thresholds.idleTransactionFailRatio)
      return { verdict: 'fail', summary: `${text} (${percent(ratio)}, above ${percent(thresholds.idleTransactionFailRatio)}).`, facts };
    if (longest > thresholds.idleTransactionWarnSeconds)
      return {
        verdict: 'warn',
        summary: `${text}, one for ${seconds(longest)}, above ${seconds(thresholds.idleTransactionWarnSeconds)}.`,
        facts,
      };
    return { verdict: 'ok', summary: `${text}.`, facts };
  },
});
