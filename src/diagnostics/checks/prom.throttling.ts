import { throttling } from '../evidence/throttling.ts';
import { percent, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type ThrottlingFacts = {
  ratio: number | null;
  ratioRecently: number | null;
  cpuLimit: string | null;
  warnRatio: number;
  failRatio: number;
};

export const promThrottling = defineCheck({
  id: 'prom.throttling',
  title: 'CPU throttling',
  needs: { throttling },
  judge({ throttling: { data } }, { thresholds }): Judgement<ThrottlingFacts> {
    const { throttledWarnRatio, throttledFailRatio } = thresholds;
    const { ratio, ratioRecently, cpuLimit } = data;
    const facts = { ratio, ratioRecently, cpuLimit, warnRatio: throttledWarnRatio, failRatio: throttledFailRatio };
    if (data.ratio === null)
      return { verdict: 'not-applicable', summary: 'The container has no CPU limit, so nothing throttles it.', facts };
    const text = `The container was held back at its CPU limit in ${percent(data.ratio)} of periods in the last ${seconds(data.windowSeconds)}`;
    if (data.ratio > throttledFailRatio) return { verdict: 'fail', summary: `${text}, above ${percent(throttledFailRatio)}.`, facts };
    if (data.ratio > throttledWarnRatio) return { verdict: 'warn', summary: `${text}, above ${percent(throttledWarnRatio)}.`, facts };
    return { verdict: 'ok', summary: `${text}, not above ${percent(throttledWarnRatio)}.`, facts };
  },
});
