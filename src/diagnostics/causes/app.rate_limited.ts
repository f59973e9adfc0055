import { appRateLimit } from '../checks/app.ratelimit.ts';
import { count, percent, perSecond } from '../rules/phrases.ts';
import { decide, rule } from '../rules/rule.ts';
import { podsLogged } from '../signs/logs.ts';
import { defineCause } from '../types.ts';

const manyAreTurnedAway = rule({ limit: appRateLimit }, ({ limit }) => {
  const share = Math.max(limit.ratio ?? 0, limit.ratioRecently ?? 0);
  const text = `${percent(share)} of requests are turned away with 429`;
  return decide(limit.trouble, `${text}, above ${percent(limit.failRatio)}.`, `${text}: no more than usual, or too few to tell.`);
});

const theLimiterSaysSo = podsLogged('log.ratelimit', 'a client asks too often');

/** The limits are counted by each pod in its own memory, for each client. */
export const rateLimited = defineCause({
  id: 'app.rate_limited',
  title: 'A client asks more often than the rate limit allows',
  requires: [manyAreTurnedAway],
  supports: [theLimiterSaysSo],
  direct: theLimiterSaysSo,
  explains: ['prom.error_rate', 'app.ratelimit', 'k8s.logs', 'http.health', 'prom.traffic'],
  summary: (context) => {
    const limit = context.facts(appRateLimit);
    const share = percent(Math.max(limit?.ratio ?? 0, limit?.ratioRecently ?? 0));
    const who = clientOf(limit?.sample ?? '');
    return `${share} of requests get 429 because their client sends too many${who === null ? '' : `: ${who}`}. Other clients are served as usual.`;
  },
  advice: (context) => {
    const limit = context.facts(appRateLimit);
    const routes = [...new Set(limit?.places.map(({ route }) => route) ?? [])].slice(0, 3).join(', ');
    const rate = (limit?.places ?? []).reduce((sum, place) => sum + place.perSecond, 0);
    const who = clientOf(limit?.sample ?? '');
    return [
      `Find the client${who === null ? '' : ` (${who})`} and have it ask less often and honour Retry-After: ${perSecond(rate)} are turned away${routes === '' ? '' : ` on ${routes}`}.`,
      `The limits are counted by each pod in its own memory (${count(limit?.podsLogged ?? 0, 'pod')} logged it): more pods let a client through more often, a restart forgets the counts, and neither helps for long. Raise the limit only where the client is right to ask this often.`,
    ];
  },
});

/** The limiter names who it turns away. */
function clientOf(sample: string): string | null {
  const found = /for client (\S+)(?: on endpoint (\S+?))?[.,]?(?:\s|$)/.exec(sample);
  return found?.[1] === undefined ? null : `client ${found[1]}${found[2] === undefined ? '' : ` on ${found[2]}`}`;
}
