import { appPoolCapacity } from '../checks/app.pool_capacity.ts';
import { appPoolConfig } from '../checks/app.pool_config.ts';
import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { pgActivity } from '../checks/pg.activity.ts';
import { pgCapacity } from '../checks/pg.capacity.ts';
import { pgIdleTx } from '../checks/pg.idle_tx.ts';
import type { RemediationOffer } from '../report.ts';
import { count, percent, seconds } from '../rules/phrases.ts';
import { largestPoolSize, SMALLEST_POOL } from '../rules/pool.ts';
import { cannotTell, decide, no, rule, yes } from '../rules/rule.ts';
import type { ConclusionContext } from '../types.ts';
import { podsLogged } from './logs.ts';

/** Rules that several causes share: who holds the connections of the application's pools. */

export const POOL_EXHAUSTED = 'log.npgsql.pool_exhausted';

export const poolIsExhausted = podsLogged(POOL_EXHAUSTED, 'their connection pool is exhausted');

/** The application began transactions and forgot them: their connections never come back. */
export const transactionsAreForgotten = rule({ activity: pgActivity }, ({ activity }, { thresholds: { poolLeakRatio: limit } }) => {
  const { connections, idleInTransactionLong, warnSeconds } = activity;
  if (connections === 0) return no('The application has no session.');
  const share = idleInTransactionLong / connections;
  const text = `${idleInTransactionLong} of ${connections} sessions of the application (${percent(share)}) have been idle in a transaction for over ${seconds(warnSeconds)}`;
  return decide(share >= limit, `${text}; ${percent(limit)} or more is a leak.`, `${text}; less than ${percent(limit)}.`);
});

export const sessionsAreBusy = rule({ activity: pgActivity }, ({ activity: { connections, active } }, { thresholds }) => {
  const limit = thresholds.poolBusyRatio;
  if (connections === 0) return no('The application has no session.');
  const text = `${active} of ${connections} sessions of the application run a statement (${percent(active / connections)})`;
  return decide(active / connections >= limit, `${text}.`, `${text}; less than ${percent(limit)}.`);
});

/** How long statements have been running when they are looked at: about half of what they take. */
export const statementsRunLong = rule({ activity: pgActivity }, ({ activity: { meanStatementSeconds: mean } }, { thresholds }) => {
  const limit = thresholds.shortStatementSeconds;
  if (mean === null) return no('No statement of the application runs at the moment.');
  const text = `The running statements have been at it for ${seconds(mean)} on average`;
  return decide(mean > limit, `${text}, above ${seconds(limit)}.`, `${text}, not above ${seconds(limit)}.`);
});

export const statementsAreShort = rule({ activity: pgActivity }, ({ activity: { meanStatementSeconds: mean } }, { thresholds }) => {
  const limit = thresholds.shortStatementSeconds;
  if (mean === null) return yes('No statement runs for long: none was caught running.');
  const text = `The running statements have been at it for ${seconds(mean)} on average`;
  return decide(
    mean <= limit,
    `${text}, not above ${seconds(limit)}: they are short.`,
    `${text}, above ${seconds(limit)}: they are not short.`,
  );
});

export const poolsAreFull = rule(
  { activity: pgActivity, pool: appPoolConfig, deployment: k8sDeployment },
  ({ activity: { connections }, pool, deployment }, { thresholds: { poolFullRatio: limit } }) => {
    if (pool.poolSize === null) return cannotTell('The size of the pool is not known.');
    const possible = pool.poolSize * pool.connectionStrings * Math.max(1, deployment.available);
    const text = `The application holds ${connections} of the ${possible} connections that its ${count(deployment.available, 'available pod')} may open`;
    return decide(connections >= possible * limit, `${text}.`, `${text}; less than ${percent(limit)}.`);
  },
);

export const slotsAreSpare = rule({ capacity: pgCapacity }, ({ capacity: { used, usable, usedRatio } }, { thresholds }) => {
  const text = `${used} of ${usable} connection slots of the server are used (${percent(usedRatio)})`;
  const limit = thresholds.slotsSpareRatio;
  return decide(usedRatio < limit, `${text}: it has connections to spare.`, `${text}, not below ${percent(limit)}.`);
});

/** Sessions that an approved fix may end at once. */
const MOST_OFFERS = 5;

/** The application's sessions that forgot their transaction, the longest first; none that holds an advisory lock: it may be a running deployment. */
export function endForgottenTransactions(context: ConclusionContext): RemediationOffer[] {
  const { applicationRoles } = context.target.database;
  const limit = context.thresholds.idleTransactionWarnSeconds;
  const forgotten = (context.facts(pgIdleTx)?.sessions ?? []).filter(
    ({ role, idleSeconds, advisoryLocks }) => applicationRoles.includes(role) && idleSeconds > limit && advisoryLocks === 0,
  );
  return forgotten.slice(0, MOST_OFFERS).map(({ pid, backendStart, idleSeconds }) => ({
    id: 'fix.pg.terminate_idle_tx',
    params: { pid, backendStart },
    reason: `session ${pid} has been idle in its transaction for ${seconds(idleSeconds)}; ending it rolls back and gives its connection back to the pool.`,
  }));
}

/** The largest pool for each pod that fits into the server's slots, during a rollout as well; null where it is not known. */
export function largestPool(context: ConclusionContext): number | null {
  const capacity = context.facts(appPoolCapacity);
  const pool = context.facts(appPoolConfig);
  if (capacity === null) return null;
  return largestPoolSize({ ...capacity, besides: (pool?.poolSize ?? 0) * Math.max(0, (pool?.connectionStrings ?? 1) - 1) });
}

/** Another pool size, towards `wanted`, within what fits. Empty where nothing would change. */
export function changePoolSize(context: ConclusionContext, wanted: number, reason: string): RemediationOffer[] {
  const present = context.facts(appPoolConfig)?.poolSize ?? null;
  const most = largestPool(context);
  if (present === null || most === null || most < SMALLEST_POOL) return [];
  const poolSize = Math.min(most, Math.max(SMALLEST_POOL, wanted));
  return poolSize === present ? [] : [{ id: 'fix.k8s.set_pool_size', params: { poolSize }, reason }];
}

/** Where the keyword belongs: a variable of its own would only restart the pods. */
export const POOL_KEYWORD =
  'The size is the keyword "Maximum Pool Size" inside the connection string. A variable ConnectionStrings__MaxPoolSize has no effect, and the words of the error message ("Max Pool Size") are no keyword: the driver stops at them.';
