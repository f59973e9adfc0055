import { longQueries } from '../evidence/long-queries.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type LongFacts = {
  statements: {
    pid: number;
    backendStart: string;
    queryStart: string;
    role: string;
    application: string;
    runningSeconds: number;
    waitType: string | null;
    query: string;
  }[];
  longestSeconds: number;
  waitingForLocks: number;
  warnSeconds: number;
  failSeconds: number;
};

const SHOWN = 10;

export const pgLongQueries = defineCheck({
  id: 'pg.long_queries',
  title: 'Long statements',
  needs: { longQueries },
  judge({ longQueries: { data } }, { thresholds }): Judgement<LongFacts> {
    const { longQueryWarnSeconds, longQueryFailSeconds } = thresholds;
    const long = data.filter(({ runningSeconds }) => runningSeconds > longQueryWarnSeconds);
    const longest = data.reduce((most, { runningSeconds }) => Math.max(most, runningSeconds), 0);
    const waiting = long.filter(({ waitType }) => waitType === 'Lock').length;
    const facts = {
      statements: data.slice(0, SHOWN).map(({ pid, backendStart, queryStart, role, application, runningSeconds, waitType, query }) => ({
        pid,
        backendStart,
        queryStart,
        role,
        application,
        runningSeconds,
        waitType,
        query: short(query, 200),
      })),
      longestSeconds: longest,
      waitingForLocks: waiting,
      warnSeconds: longQueryWarnSeconds,
      failSeconds: longQueryFailSeconds,
    };
    if (long.length === 0) return { verdict: 'ok', summary: `No statement runs longer than ${seconds(longQueryWarnSeconds)}.`, facts };
    const locks = waiting === 0 ? '' : `, ${waiting} of them waiting for a lock`;
    const text = `${count(long.length, 'statement')} longer than ${seconds(longQueryWarnSeconds)}${locks}; the longest runs for ${seconds(longest)}`;
    if (longest > longQueryFailSeconds) return { verdict: 'fail', summary: `${text}, above ${seconds(longQueryFailSeconds)}.`, facts };
    return { verdict: 'warn', summary: `${text}.`, facts };
  },
});
