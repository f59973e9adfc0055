import { healthProbes } from '../evidence/health-probes.ts';
import { milliseconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type HealthFacts = {
  probes: { status: number | null; failure: string | null; durationMs: number }[];
  good: number;
  bad: number;
  slowestMs: number;
};

/** A process probe: it can show that the process is dead, never that the database is well. */
export const httpHealth = defineCheck({
  id: 'http.health',
  title: 'Public health address',
  needs: { healthProbes },
  judge({ healthProbes: { data } }): Judgement<HealthFacts> {
    const good = data.probes.filter(
      ({ status, location }) => status !== null && (status < 300 || (status < 400 && sameHost(location, data.host))),
    );
    const bad = data.probes.filter(({ status }) => status === null || status >= 500);
    const limited = data.probes.find(({ status }) => status === 429);
    const facts = {
      probes: data.probes.map(({ status, failure, durationMs }) => ({ status, failure, durationMs })),
      good: good.length,
      bad: bad.length,
      slowestMs: Math.max(0, ...data.probes.map(({ durationMs }) => durationMs)),
    };
    const total = data.probes.length;
    const answers = data.probes.map(({ status, failure }) => status ?? failure ?? 'no answer').join(', ');
    if (limited !== undefined)
      return {
        verdict: 'unknown',
        summary: `${data.path} answered 429: the probe is rate limited${limited.retryAfter === null ? '' : `, retry after ${limited.retryAfter} s`}.`,
        facts,
      };
    if (good.length === total)
      return {
        verdict: 'ok',
        summary: `${data.path} answered ${total} of ${total} probes, the slowest in ${milliseconds(facts.slowestMs)}.`,
        facts,
      };
    const verdict = bad.length >= Math.min(2, total) ? 'fail' : 'warn';
    return { verdict, summary: `${data.path} answered ${good.length} of ${total} probes well (${answers}).`, facts };
  },
});

function sameHost(location: string | null, host: string): boolean {
  if (location === null) return false;
  return location.startsWith('/') || (URL.canParse(location) && new URL(location).hostname === host.split(':')[0]);
}
