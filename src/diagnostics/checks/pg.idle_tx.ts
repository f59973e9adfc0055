import { idleTransactions } from '../evidence/idle-transactions.ts';
import { count, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type IdleFacts = {
  sessions: {
    pid: number;
    backendStart: string;
    role: string;
    application: string;
    client: string | null;
    idleSeconds: number;
    transactionSeconds: number;
    directlyBlocks: number;
    advisoryLocks: number;
    lastQuery: string;
  }[];
  longestIdleSeconds: number;
  blockingSessions: number;
  warnSeconds: number;
  failSeconds: number;
  blockingSeconds: number;
};

export const pgIdleTx = defineCheck({
  id: 'pg.idle_tx',
  title: 'Idle transactions',
  needs: { idleTransactions },
  judge({ idleTransactions: { data } }, { thresholds }): Judgement<IdleFacts> {
    const longest = Math.max(0, ...data.map(({ idleSeconds }) => idleSeconds));
    const blocking = data.filter(({ directlyBlocks }) => directlyBlocks > 0);
    const facts = {
      sessions: data.map(({ state: _, ...session }) => session),
      longestIdleSeconds: longest,
      blockingSessions: blocking.length,
      warnSeconds: thresholds.idleTransactionWarnSeconds,
      failSeconds: thresholds.idleTransactionFailSeconds,
      blockingSeconds: thresholds.idleTransactionRootSeconds,
    };
    const worst = blocking.find(({ idleSeconds }) => idleSeconds > thresholds.idleTransactionRootSeconds);
    if (worst !== undefined)
      return {
        verdict: 'fail',
        summary: `Session ${worst.pid} has been idle in its transaction for ${seconds(worst.idleSeconds)} and blocks ${count(worst.directlyBlocks, 'session')}.`,
        facts,
      };
    const text = `${count(data.length, 'session')} idle in a transaction, the longest for ${seconds(longest)}`;
    if (longest > thresholds.idleTransactionFailSeconds)
      return { verdict: 'fail', summary: `${text}, above ${seconds(thresholds.idleTransactionFailSeconds)}.`, facts };
    if (longest > thresholds.idleTransactionWarnSeconds)
      return { verdict: 'warn', summary: `${text}, above ${seconds(thresholds.idleTransactionWarnSeconds)}.`, facts };
    return {
      verdict: 'ok',
      summary:
        data.length === 0
          ? 'No session is idle in a transaction.'
          : `${text}, not above ${seconds(thresholds.idleTransactionWarnSeconds)}.`,
      facts,
    };
  },
});
