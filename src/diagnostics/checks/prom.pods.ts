import { podErrors } from '../evidence/pod-errors.ts';
import { type Pod, pods } from '../evidence/pods.ts';
import { count, percent, seconds, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type PodErrorFacts = {
  windowSeconds: number;
  pods: { pod: string; revision: number | null; requestsPerSecond: number; errorRatio: number }[];
  /** Of all pods of the newest revision together, and of those of older ones; null: no traffic. */
  newestRatio: number | null;
  olderRatio: number | null;
  /** Failed requests of the newest revision in the window. */
  newestFailures: number;
  /** Just before the newest revision was made; null: not known. */
  ratioBefore: number | null;
  /** As long after it as a failure that it brings must have shown; null: that time has not come yet, or it is not known. */
  ratioSoonAfter: number | null;
  warnRatio: number;
  failRatio: number;
};

/** A pod that answers less than this share of an even one's requests says little. */
const ENOUGH_TRAFFIC = 0.2;

export const promPods = defineCheck({
  id: 'prom.pods',
  title: 'Failed requests by pod',
  needs: { podErrors, pods },
  judge({ podErrors: { data }, pods: { data: all } }, { thresholds }): Judgement<PodErrorFacts> {
    const newest = Math.max(...all.map(({ revision }) => revision ?? 0));
    const known = data.pods.flatMap((one) => {
      const pod = all.find(({ name }) => name === one.pod);
      return pod === undefined ? [] : [{ ...one, pod }];
    });
    const of = (test: (pod: Pod) => boolean) => sum(known.filter(({ pod }) => test(pod)));
    const own = of(({ revision }) => revision === newest);
    const older = of(({ revision }) => revision !== newest);
    const total = of(() => true);
    const least = (total.requests / Math.max(1, known.length)) * ENOUGH_TRAFFIC;
    const facts: PodErrorFacts = {
      windowSeconds: data.windowSeconds,
      pods: known
        .filter(({ requestsPerSecond }) => requestsPerSecond > 0 && requestsPerSecond >= least)
        .map(({ pod, requestsPerSecond, failuresPerSecond }) => ({
          pod: pod.name,
          revision: pod.revision,
          requestsPerSecond,
          errorRatio: failuresPerSecond / requestsPerSecond,
        }))
        .sort((a, b) => b.errorRatio - a.errorRatio),
      newestRatio: own.ratio,
      olderRatio: older.ratio,
      newestFailures: Math.round(own.failures * data.windowSeconds),
      ratioBefore: data.ratioBefore,
      ratioSoonAfter: data.ratioSoonAfter,
      warnRatio: thresholds.errorRateWarnRatio,
      failRatio: thresholds.errorRateFailRatio,
    };
    const window = `in the last ${seconds(data.windowSeconds)}`;
    if (facts.pods.length === 0 || total.requests < thresholds.minimumTrafficPerSecond)
      return { verdict: 'unknown', summary: `Too little traffic ${window} to tell the pods apart.`, facts };
    const bad = facts.pods.filter(({ errorRatio }) => errorRatio > thresholds.errorRateFailRatio);
    if (bad.length > 0)
      return {
        verdict: 'warn',
        summary: `${bad.length} of ${count(facts.pods.length, 'pod')} answer more than ${percent(thresholds.errorRateFailRatio)} of requests with 5xx ${window}: ${some(bad.map(({ pod, errorRatio }) => `${pod} (${percent(errorRatio)})`))}.`,
        facts,
      };
    return {
      verdict: 'ok',
      summary: `No pod answers more than ${percent(thresholds.errorRateFailRatio)} of requests with 5xx ${window}.`,
      facts,
    };
  },
});

function sum(some: readonly { readonly requestsPerSecond: number; readonly failuresPerSecond: number }[]) {
  const requests = some.reduce((total, { requestsPerSecond }) => total + requestsPerSecond, 0);
  const failures = some.reduce((total, { failuresPerSecond }) => total + failuresPerSecond, 0);
  return { requests, failures, ratio: requests === 0 ? null : failures / requests };
}
