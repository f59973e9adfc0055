import { advisoryLocks } from '../evidence/advisory-locks.ts';
import { count, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type AdvisoryFacts = {
  held: number;
  longestIdleSeconds: number;
  warnSeconds: number;
  idleHolders: { pid: number; application: string; client: string | null; key: string; idleSeconds: number }[];
};

export const pgAdvisory = defineCheck({
  id: 'pg.advisory',
  title: 'Advisory locks',
  needs: { advisoryLocks },
  judge({ advisoryLocks: { data } }, { thresholds }): Judgement<AdvisoryFacts> {
    const held = data.filter(({ granted }) => granted);
    const idle = held.filter(({ state }) => state === 'idle' || state.startsWith('idle in transaction'));
    const longest = Math.max(0, ...idle.map(({ inStateSeconds }) => inStateSeconds));
    const facts = {
      held: held.length,
      longestIdleSeconds: longest,
      warnSeconds: thresholds.advisoryIdleWarnSeconds,
      idleHolders: idle.map(({ pid, application, client, key, inStateSeconds }) => ({
        pid,
        application,
        client,
        key,
        idleSeconds: inStateSeconds,
      })),
    };
    if (held.length === 0) return { verdict: 'ok', summary: 'No advisory lock is held.', facts };
    const text = `${count(held.length, 'advisory lock')} held, ${idle.length} of them by idle sessions, the longest for ${seconds(longest)}`;
    if (longest > thresholds.advisoryIdleWarnSeconds)
      return { verdict: 'warn', summary: `${text}, above ${seconds(thresholds.advisoryIdleWarnSeconds)}.`, facts };
    return { verdict: 'ok', summary: `${text}.`, facts };
  },
});
