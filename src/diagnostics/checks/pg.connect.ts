import { server } from '../evidence/server.ts';
import { milliseconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type ConnectFacts = {
  connected: boolean;
  fault: string | null;
  code: string | null;
  connectMs: number | null;
  warnMs: number;
  version: string | null;
  database: string | null;
  inRecovery: boolean | null;
  canReadAllStats: boolean | null;
};

/** What the bot meets says something of the server where the pods meet it as well: their logs decide. */
const WHOSE = 'If the logs of the pods tell of no such failure, it is the network or the credentials of the bot alone.';

export const pgConnect = defineCheck({
  id: 'pg.connect',
  title: 'PostgreSQL answers',
  needs: { server },
  judge({ server: { data } }, { thresholds }): Judgement<ConnectFacts> {
    const warnMs = thresholds.connectWarnMs;
    if (!data.connected) {
      const { fault, code } = data;
      const nothing = { connectMs: null, version: null, database: null, inRecovery: null, canReadAllStats: null };
      return {
        verdict: 'fail',
        summary: `The bot cannot get in. ${data.message}. ${WHOSE}`,
        facts: { connected: false, fault, code, warnMs, ...nothing },
      };
    }
    const { connectMs, version, database, inRecovery, canReadAllStats } = data;
    const facts = { connected: true, fault: null, code: null, connectMs, warnMs, version, database, inRecovery, canReadAllStats };
    if (inRecovery) return { verdict: 'fail', summary: `PostgreSQL ${version} is a standby: it takes no writes.`, facts };
    if (connectMs > warnMs)
      return { verdict: 'warn', summary: `PostgreSQL ${version} took ${milliseconds(connectMs)} to answer, above ${warnMs} ms.`, facts };
    return { verdict: 'ok', summary: `PostgreSQL ${version} answered in ${milliseconds(connectMs)}.`, facts };
  },
});
