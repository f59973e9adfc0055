import { k8sEvents } from '../checks/k8s.events.ts';
import { k8sPods } from '../checks/k8s.pods.ts';
import { count, form, some } from '../rules/phrases.ts';
import type { PodState } from '../rules/pod-state.ts';
import { decide, rule } from '../rules/rule.ts';
import type { ConclusionContext, FactsOf, Rule } from '../types.ts';
import { SYMPTOMS } from './latency.ts';

/** Rules and words that several causes share: what state the pods are in. */

export type PodFacts = FactsOf<typeof k8sPods>['states'][number];

export const podsIn = (states: readonly PodFacts[], ...wanted: readonly PodState[]): readonly PodFacts[] =>
  states.filter(({ state }) => wanted.some((one) => one === state));

/** The pods in one of these states; none where the pods could not be looked at. */
export const podsOf = (context: ConclusionContext, ...wanted: readonly PodState[]): readonly PodFacts[] =>
  podsIn(context.facts(k8sPods)?.states ?? [], ...wanted);

export const podNames = (pods: readonly { readonly pod: string }[]): string => some([...new Set(pods.map(({ pod }) => pod))]);

/** Pods with what they do. */
export const podsDo = (pods: readonly { readonly pod: string }[], one: string, many: string): string =>
  `${podNames(pods)} ${form(new Set(pods.map(({ pod }) => pod)).size, one, many)}`;

/** Whether pods are in one of these states. `one` completes "1 of 3 pods …" and "No pod …", `many` completes "2 of 3 pods …". */
export function podsAre(wanted: readonly PodState[], one: string, many: string): Rule {
  return rule({ pods: k8sPods }, ({ pods: { states, total } }) => {
    const found = podsIn(states, ...wanted);
    return decide(
      found.length > 0,
      `${found.length} of ${count(total, 'pod')} ${form(found.length, one, many)}: ${podNames(found)}.`,
      `No pod ${one}.`,
    );
  });
}

export const containersLoop = podsAre(
  ['crash-loop'],
  'is restarted again and again, other than for want of memory',
  'are restarted again and again, other than for want of memory',
);

/** Kills longer ago tell of what was. Seconds. */
const RECENT_KILL_SECONDS = 600;

/** Containers that the kubelet has just killed because a probe failed. */
export const recentKills = (context: ConclusionContext) =>
  (context.facts(k8sEvents)?.kills ?? []).filter(({ secondsAgo }) => secondsAgo <= RECENT_KILL_SECONDS);

export const kubeletKills = rule({ events: k8sEvents }, ({ events: { kills } }) => {
  const recent = kills.filter(({ secondsAgo }) => secondsAgo <= RECENT_KILL_SECONDS);
  const probes = [...new Set(recent.map(({ probe }) => probe))].join(' and ');
  const times = recent.reduce((sum, { count: own }) => sum + own, 0);
  return decide(
    recent.length > 0,
    `The kubelet has killed containers ${count(times, 'time')} because their ${probes} probe failed: ${podNames(recent)}.`,
    'The kubelet has killed no container because of a probe.',
  );
});

/** Where pods that do not run show. */
export const POD_SYMPTOMS = [
  ...SYMPTOMS,
  'k8s.crashes',
  'k8s.deployment',
  'k8s.endpoints',
  'k8s.events',
  'k8s.logs',
  'k8s.pods',
  'k8s.replicasets',
  'prom.pods',
  'prom.targets',
  'prom.up',
  'signalr.connect',
  'signalr.negotiate',
] as const;

/** What follows from pods that end or never get ready. */
export const POD_CONSEQUENCES = [
  'api.crashloop.unknown',
  'approval.timeout_worker_dead',
  'job.orphaned',
  'job.processor_dead',
  'metrics.target_down',
] as const;
