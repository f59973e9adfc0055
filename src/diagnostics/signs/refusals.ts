import { k8sLogs } from '../checks/k8s.logs.ts';
import { k8sReplicaSets } from '../checks/k8s.replicasets.ts';
import { promErrorRate } from '../checks/prom.error_rate.ts';
import { count, percent, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, no, rule, yes } from '../rules/rule.ts';
import type { ConclusionContext, FactsOf, Rule } from '../types.ts';

/** Rules that several causes of failed requests share. */

type Errors = FactsOf<typeof promErrorRate>;
type Logs = FactsOf<typeof k8sLogs>;

export const signatureIn = ({ signatures }: Logs, ...ids: readonly string[]) => signatures.find(({ signature }) => ids.includes(signature));

/** What pods logged of the first of these signatures that they logged, for a summary. */
export function signatureSeen(context: ConclusionContext, ...ids: readonly string[]) {
  const logs = context.facts(k8sLogs);
  const found = logs === null ? undefined : signatureIn(logs, ...ids);
  return { pods: found?.pods ?? 0, times: found?.count ?? 0, sample: found?.sample ?? '', frame: found?.frame ?? '' };
}

/** Whether requests fail: with 5xx, or with one of the codes that the application gives to its own failures. */
export const requestsFail = rule({ errors: promErrorRate }, ({ errors }) => {
  const ratio = Math.max(errors.serverErrorRatio ?? 0, errors.serverErrorRatioRecently ?? 0);
  if (errors.serverErrorRatio === null) return cannotTell('The error rate is not known.');
  if (ratio > errors.warnRatio) return yes(`${percent(ratio)} of requests fail with 5xx, above ${percent(errors.warnRatio)}.`);
  const soft = errors.codes.find(({ code, trouble }) => trouble && (code === '408' || code === '409'));
  if (soft !== undefined)
    return yes(
      `${percent(Math.max(soft.ratio, soft.ratioRecently ?? 0))} of requests end with ${soft.code}, an hour ago ${percent(soft.ratioAnHourAgo ?? 0)}.`,
    );
  return no(`${percent(ratio)} of requests fail with 5xx, not above ${percent(errors.warnRatio)}, and no more than usual with 408 or 409.`);
});

/** Whether so many more requests than an hour ago end with this code. */
export const refusedMore = (code: string): Rule =>
  rule({ errors: promErrorRate }, ({ errors }) => {
    const share = errors.codes.find((one) => one.code === code);
    if (share === undefined) return cannotTell(`The share of ${code} is not known.`);
    const text = `${percent(Math.max(share.ratio, share.ratioRecently ?? 0))} of requests end with ${code}, an hour ago ${percent(share.ratioAnHourAgo ?? 0)}`;
    return decide(share.trouble, `${text}.`, `${text}: no more than usual, or too few to tell.`);
  });

/** How the answers with a code are spread over the pods, per second; pods without any are left out. */
export function byPod({ refusals }: Errors, code: string): ReadonlyMap<string, number> {
  const pods = new Map<string, number>();
  for (const place of refusals) if (place.code === code) pods.set(place.pod, (pods.get(place.pod) ?? 0) + place.perSecond);
  return pods;
}

/** One pod with nearly all of them is a pod that is sick, and no matter of the application. */
const ONE_POD_RATIO = 0.8;

export const spreadOverPods = (code: string): Rule =>
  rule({ errors: promErrorRate, logs: k8sLogs }, ({ errors, logs: { podsRead } }) => {
    const pods = [...byPod(errors, code).values()];
    const total = pods.reduce((sum, one) => sum + one, 0);
    if (total === 0) return cannotTell(`Nothing says which pods answer with ${code}.`);
    if (podsRead <= 1) return yes('There is one pod only.');
    const largest = Math.max(...pods) / total;
    return decide(
      largest < ONE_POD_RATIO,
      `${count(pods.length, 'pod answers', 'pods answer')} with ${code}, the most frequent one ${percent(largest)} of them: it is no single pod.`,
      `One pod gives ${percent(largest)} of the answers with ${code}.`,
    );
  });

/** Whether the revision in use is young, and no pod of an older one logs the same. */
export function sinceNewRevision(...signatures: readonly string[]): Rule {
  return rule({ logs: k8sLogs, revisions: k8sReplicaSets }, ({ logs, revisions }) => {
    const { newestRevision, ageMinutes, recent, recentMinutes } = revisions;
    if (newestRevision === null || ageMinutes === null) return cannotTell('The revisions are not known.');
    const name = `Revision ${newestRevision} is ${seconds(ageMinutes * 60)} old`;
    if (!recent) return no(`${name}, older than ${recentMinutes} min.`);
    const oldest = signatureIn(logs, ...signatures)?.oldestRevision ?? null;
    if (oldest !== null && oldest < newestRevision) return no(`${name}, but pods of revision ${oldest} log the same.`);
    return yes(`${name}, and only its pods log it.`);
  });
}
