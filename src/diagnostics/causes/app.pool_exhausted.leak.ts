import { pgActivity } from '../checks/pg.activity.ts';
import { pgIdleTx } from '../checks/pg.idle_tx.ts';
import { seconds, short } from '../rules/phrases.ts';
import { DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh, latencyIsHigh } from '../signs/latency.ts';
import { endForgottenTransactions, POOL_EXHAUSTED, poolIsExhausted, poolsAreFull, transactionsAreForgotten } from '../signs/pool.ts';
import { defineCause } from '../types.ts';

export const poolLeak = defineCause({
  id: 'app.pool_exhausted.leak',
  title: 'The application forgets transactions, and its connections with them',
  requires: [poolIsExhausted, transactionsAreForgotten],
  direct: transactionsAreForgotten,
  supports: [poolsAreFull, errorsAreHigh, latencyIsHigh],
  explains: [...DATABASE_SYMPTOMS, ...DATABASE_CONSEQUENCES, 'pg.idle_tx', 'db.slots_exhausted', 'db.role_limit', 'db.database_limit'],
  summary: (context) => {
    const activity = context.facts(pgActivity);
    const [oldest] = context.facts(pgIdleTx)?.sessions ?? [];
    const last =
      oldest === undefined ? '' : ` The oldest has waited for ${seconds(oldest.idleSeconds)} since: ${short(oldest.lastQuery, 140)}`;
    return `${loggedTimes(context, POOL_EXHAUSTED)} found no free connection: ${activity?.idleInTransactionLong ?? 0} of ${activity?.connections ?? 0} are held by transactions that nobody goes on with.${last}`;
  },
  remediations: endForgottenTransactions,
  advice: (context) => [
    'Find the code that runs that statement and leaves without Dispose, commit or rollback, and roll back to the revision before it where a rollout brought it. Ending sessions frees them for a while only.',
    `Keep it from coming back: ALTER ROLE ${context.target.database.applicationRoles[0] ?? 'hotswap'} SET idle_in_transaction_session_timeout = '60s'. A larger pool only takes longer to leak. A restart frees the connections as well, and takes running jobs with it.`,
  ],
});
