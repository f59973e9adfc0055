import { metricsPage } from '../evidence/metrics-page.ts';
import { count } from '../rules/phrases.ts';
import { candidateProfiles, chooseProfile, PROFILES } from '../rules/promql.ts';
import { defineCheck, type Judgement } from '../types.ts';

type PageFacts = {
  path: string;
  status: number | null;
  failure: string | null;
  location: string | null;
  retryAfter: string | null;
  contentType: string | null;
  samples: number;
  metrics: number;
  bytes: number;
  /** The histogram of request durations that the configuration expects, and the one that is on the page. */
  expected: string | null;
  found: string | null;
  foundProfile: string | null;
};

/** One pod's page, as the world outside sees it: that it is refused here may be on purpose. */
export const httpMetrics = defineCheck({
  id: 'http.metrics',
  title: 'Metrics page',
  needs: { metricsPage },
  judge({ metricsPage: { data } }, { target }): Judgement<PageFacts> {
    const { prometheus } = target;
    const candidates = candidateProfiles(prometheus.profile, prometheus.names);
    const wanted = chooseProfile(data.names, candidates);
    const found = wanted ?? chooseProfile(data.names, PROFILES);
    const facts = {
      path: data.path,
      status: data.status,
      failure: data.failure,
      location: data.location,
      retryAfter: data.retryAfter,
      contentType: data.contentType,
      samples: data.samples,
      metrics: data.names.length,
      bytes: data.bytes,
      expected: prometheus.profile === 'auto' ? (wanted?.duration ?? null) : (candidates[0]?.duration ?? null),
      found: found?.duration ?? null,
      foundProfile: found?.name ?? null,
    };
    if (data.status === null)
      return {
        verdict: 'unknown',
        summary: `${data.path} did not answer by the public address (${data.failure ?? 'no reason given'}).`,
        facts,
      };
    if (data.status !== 200) {
      const to = data.location === null ? '' : ` to ${data.location}`;
      return { verdict: 'warn', summary: `${data.path} answered ${data.status}${to} by the public address.`, facts };
    }
    const page = `${data.path} shows ${count(data.samples, 'sample')} of ${count(data.names.length, 'metric')}`;
    if (data.samples === 0)
      return {
        verdict: 'warn',
        summary: `${data.path} answered 200 with a page that holds no metric (${data.contentType ?? 'no type'}).`,
        facts,
      };
    if (wanted === undefined)
      return {
        verdict: 'warn',
        summary: `${page}, but not ${facts.expected ?? 'a histogram of request durations that the bot knows'}${found === undefined ? '' : `: it has ${found.duration}`}.`,
        facts,
      };
    return { verdict: 'ok', summary: `${page}, among them ${wanted.duration}.`, facts };
  },
});
