import { traffic } from '../evidence/traffic.ts';
import { count, perSecond, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type TrafficFacts = {
  requestsPerSecond: number | null;
  requestsPerSecondAnHourAgo: number | null;
  minimumRequestsPerSecond: number;
  windowSeconds: number;
  /** Of the last moments; null where nothing could be computed. */
  requestsPerSecondLately: number | null;
  quietWindowSeconds: number;
  /** Whether nobody but the bot itself has asked for anything in the last moments; null where that could not be computed. */
  standsStill: boolean | null;
};

export const promTraffic = defineCheck({
  id: 'prom.traffic',
  title: 'Traffic',
  needs: { traffic },
  judge({ traffic: { data } }, { thresholds }): Judgement<TrafficFacts> {
    const lately = data.quiet.perSecond === null ? null : Math.round(data.quiet.perSecond * data.quiet.windowSeconds);
    const facts = {
      requestsPerSecond: data.perSecond,
      requestsPerSecondAnHourAgo: data.perSecondAnHourAgo,
      minimumRequestsPerSecond: thresholds.minimumTrafficPerSecond,
      windowSeconds: data.windowSeconds,
      requestsPerSecondLately: data.quiet.perSecond,
      quietWindowSeconds: data.quiet.windowSeconds,
      standsStill: lately === null ? null : lately <= thresholds.quietRequests,
    };
    const window = `in the last ${seconds(data.windowSeconds)}`;
    if (data.perSecond === null) return { verdict: 'unknown', summary: `Prometheus has no rate of requests ${window}.`, facts };
    if (data.perSecond < thresholds.minimumTrafficPerSecond)
      return {
        verdict: 'warn',
        summary: `There was hardly any traffic ${window}: ${perSecond(data.perSecond)}, below ${thresholds.minimumTrafficPerSecond}. Rates and latencies say nothing.`,
        facts,
      };
    if (facts.standsStill === true)
      return {
        verdict: 'warn',
        summary: `Nobody has asked for anything in the last ${seconds(data.quiet.windowSeconds)}${lately === 0 ? '' : ` but for ${count(lately ?? 0, 'request')}, and the bot sends some itself`} (${perSecond(data.perSecond)} ${window}).`,
        facts,
      };
    const before = data.perSecondAnHourAgo === null ? '' : `, an hour ago ${perSecond(data.perSecondAnHourAgo)}`;
    return { verdict: 'ok', summary: `${perSecond(data.perSecond)} ${window}${before}.`, facts };
  },
});
