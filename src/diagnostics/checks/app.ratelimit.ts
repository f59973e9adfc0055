import { errorRate } from '../evidence/error-rate.ts';
import { podLogs } from '../evidence/pod-logs.ts';
import { count, percent, seconds, short } from '../rules/phrases.ts';
import { isTrouble, worst } from '../rules/refusals.ts';
import { defineCheck, type Judgement } from '../types.ts';

const RATE_LIMITED = '429';
const SIGNATURE = 'log.ratelimit';

type RateLimitFacts = {
  ratio: number | null;
  ratioRecently: number | null;
  ratioAnHourAgo: number | null;
  trouble: boolean;
  failRatio: number;
  /** Messages of the limiter, and the pods that wrote them: each counts for itself, in memory. */
  logged: number;
  podsLogged: number;
  lastAt: string;
  sample: string;
  places: { pod: string; route: string; perSecond: number }[];
};

/** How many requests the service turns away because their client asks too often. */
export const appRateLimit = defineCheck({
  id: 'app.ratelimit',
  title: 'Rate limit',
  needs: { errorRate, podLogs },
  judge({ errorRate: { data }, podLogs: { data: logs } }, { thresholds }): Judgement<RateLimitFacts> {
    const share = data.codes.find(({ code }) => code === RATE_LIMITED);
    const groups = logs.groups.filter(({ signatures }) => signatures.includes(SIGNATURE));
    const refused = worst({ ratio: share?.ratio ?? null, ratioRecently: share?.ratioRecently ?? null }, data);
    const logged = groups.reduce((sum, group) => sum + group.count, 0);
    const facts = {
      ratio: share?.ratio ?? null,
      ratioRecently: share?.ratioRecently ?? null,
      ratioAnHourAgo: share?.ratioAnHourAgo ?? null,
      trouble: isTrouble(refused, share?.ratioAnHourAgo ?? null, thresholds),
      failRatio: thresholds.errorRateFailRatio,
      logged,
      podsLogged: new Set(groups.flatMap(({ pods }) => pods)).size,
      lastAt: groups.reduce((latest, { lastAt }) => (lastAt > latest ? lastAt : latest), ''),
      sample: short(groups[0]?.sample ?? '', 240),
      places: data.refusals.filter(({ code }) => code === RATE_LIMITED).map(({ pod, route, perSecond }) => ({ pod, route, perSecond })),
    };
    if (share === undefined || data.requestsPerSecond === null || data.requestsPerSecond < thresholds.minimumTrafficPerSecond)
      return { verdict: 'unknown', summary: 'Too little traffic to know how many requests the rate limit turns away.', facts };
    const text = `${percent(refused.ratio)} of requests were turned away with 429 in the last ${seconds(refused.seconds)}`;
    const said = logged === 0 ? '' : `; ${count(facts.podsLogged, 'pod')} logged ${count(logged, 'time')} that a client asks too often`;
    if (facts.trouble) return { verdict: 'warn', summary: `${text}, above ${percent(thresholds.errorRateFailRatio)}${said}.`, facts };
    return { verdict: 'ok', summary: `${text}, not above ${percent(thresholds.errorRateFailRatio)}${said}.`, facts };
  },
});
