import { traffic } from '../evidence/traffic.ts';
import { perSecond, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type TrafficFacts = {
  requestsPerSecond: number | null;
  requestsPerSecondAnHourAgo: number | null;
  minimumRequestsPerSecond: number;
  windowSeconds: number;
  /** Of the last moments; null where nothing could be computed. */
  requestsPerSecondLately: number | null;
  quietWindowSeconds: number;
};

export const promTraffic = defineCheck({
  id: 'prom.traffic',
  title: 'Traffic',
  needs: { traffic },
  judge({ traffic: { data } }, { thresholds }): Judgement<TrafficFacts> {
    const facts = {
      requestsPerSecond: data.perSecond,
      requestsPerSecondAnHourAgo: data.perSecondAnHourAgo,
      minimumRequestsPerSecond: thresholds.minimumTrafficPerSecond,
      windowSeconds: data.windowSeconds,
      requestsPerSecondLately: data.quiet.perSecond,
      quietWindowSeconds: data.quiet.windowSeconds,
    };
    const window = `in the last ${seconds(data.windowSeconds)}`;
    if (data.perSecond === null) return { verdict: 'unknown', summary: `Prometheus has no rate of requests ${window}.`, facts };
    if (data.perSecond < thresholds.minimumTrafficPerSecond)
      return {
        verdict: 'warn',
        summary: `There was hardly any traffic ${window}: ${perSecond(data.perSecond)}, below ${thresholds.minimumTrafficPerSecond}. Rates and latencies say nothing.`,
        facts,
      };
    if (data.quiet.perSecond === 0)
      return {
        verdict: 'warn',
        summary: `Nobody has asked for anything in the last ${seconds(data.quiet.windowSeconds)} (${perSecond(data.perSecond)} ${window}).`,
        facts,
      };
    const before = data.perSecondAnHourAgo === null ? '' : `, an hour ago ${perSecond(data.perSecondAnHourAgo)}`;
    return { verdict: 'ok', summary: `${perSecond(data.perSecond)} ${window}${before}.`, facts };
  },
});
