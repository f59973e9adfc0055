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
  inRecovery: boolean | null;
  canReadAllStats: boolean | null;
};

export const pgConnect = defineCheck({
  id: 'pg.connect',
  title: 'PostgreSQL answers',
  needs: { server },
  judge({ server: { data } }, { thresholds }): Judgement<ConnectFacts> {
    const warnMs = thresholds.connectWarnMs;
    if (!data.connected) {
      const facts = {
        connected: false,
        fault: data.fault,
        code: data.code,
        connectMs: null,
        warnMs,
        version: null,
        inRecovery: null,
        canReadAllStats: null,
      };
      return { verdict: 'fail', summary: `The bot cannot get in. ${data.message}`, facts };
    }
    const { connectMs, version, inRecovery, canReadAllStats } = data;
    const facts = { connected: true, fault: null, code: null, connectMs, warnMs, version, inRecovery, canReadAllStats };
    if (inRecovery) return { verdict: 'fail', summary: `PostgreSQL ${version} is a standby: it takes no writes.`, facts };
    if (connectMs > warnMs)
      return { verdict: 'warn', summary: `PostgreSQL ${version} took ${milliseconds(connectMs)} to answer, above ${warnMs} ms.`, facts };
    return { verdict: 'ok', summary: `PostgreSQL ${version} answered in ${milliseconds(connectMs)}.`, facts };
  },
});
