import { k8sPods } from '../checks/k8s.pods.ts';
import { promPods } from '../checks/prom.pods.ts';
import type { RemediationOffer } from '../report.ts';
import { count, percent } from '../rules/phrases.ts';
import { anyOf, cannotTell, no, rule, yes } from '../rules/rule.ts';
import { errorsAreHigh } from '../signs/latency.ts';
import type { PodFacts } from '../signs/pods.ts';
import { type ConclusionContext, defineCause, type FactsOf } from '../types.ts';

type ErrorFacts = FactsOf<typeof promPods>;

/** Two pods cannot outvote each other. */
const FEWEST_PODS = 3;
/** The bad one fails so many times as often as the worst of the others. */
const TIMES_WORSE = 4;
const BROKEN = ['crash-loop', 'not-ready', 'oom', 'failed'];

/** The one pod that fails while the others, of the same revision, do not. */
function failingAlone({ pods, warnRatio, failRatio }: ErrorFacts) {
  const [worst, second] = pods;
  if (worst === undefined || second === undefined || pods.length < FEWEST_PODS) return undefined;
  const apart = worst.errorRatio > failRatio && second.errorRatio <= Math.max(warnRatio, worst.errorRatio / TIMES_WORSE);
  return apart && pods.some(({ pod, revision }) => pod !== worst.pod && revision === worst.revision) ? { worst, second } : undefined;
}

function brokenAlone(states: readonly PodFacts[]): PodFacts | undefined {
  const living = states.filter(({ state }) => state !== 'terminating');
  const broken = living.filter(({ state }) => BROKEN.includes(state));
  const [only, ...others] = broken;
  const alike = living.filter(({ revision, pod, state }) => revision === only?.revision && pod !== only?.pod && state === 'ready');
  return only !== undefined && others.length === 0 && alike.length >= FEWEST_PODS - 1 ? only : undefined;
}

const onePodAnswersWithErrors = rule({ errors: promPods }, ({ errors }) => {
  if (errors.pods.length < FEWEST_PODS) return cannotTell(`${count(errors.pods.length, 'pod')} with traffic cannot be told apart.`);
  const found = failingAlone(errors);
  if (found === undefined) return no('No single pod answers with more errors than the others.');
  const { worst, second } = found;
  return yes(
    `${worst.pod} answers ${percent(worst.errorRatio)} of its requests with 5xx, and none of the ${errors.pods.length - 1} others more than ${percent(second.errorRatio)}.`,
  );
});

const onePodDoesNotRun = rule({ pods: k8sPods }, ({ pods: { states } }) => {
  const found = brokenAlone(states);
  return found === undefined
    ? no('There is no single pod that does not run while the others of its revision do.')
    : yes(`${found.pod} is the only pod that does not run (${found.state}), and the others of its revision are ready.`);
});

const oneIsDifferent = anyOf(onePodAnswersWithErrors, onePodDoesNotRun);

function badPod(context: ConclusionContext): { readonly pod: string; readonly how: string } | undefined {
  const errors = context.facts(promPods);
  const found = errors === null ? undefined : failingAlone(errors);
  if (found !== undefined) return { pod: found.worst.pod, how: `answers ${percent(found.worst.errorRatio)} of its requests with 5xx` };
  const broken = brokenAlone(context.facts(k8sPods)?.states ?? []);
  return broken === undefined ? undefined : { pod: broken.pod, how: `does not run as it should (${broken.reason || broken.state})` };
}

function evict(context: ConclusionContext): RemediationOffer[] {
  const bad = badPod(context);
  return bad === undefined
    ? []
    : [
        {
          id: 'fix.k8s.evict_pod',
          params: { pod: bad.pod },
          reason: `It ${bad.how}, and the others are well; another one takes its place.`,
        },
      ];
}

/** One pod is sick and the others of the same revision are not: it is neither the code nor what all of them need. */
export const oneBadPod = defineCause({
  id: 'app.one_bad_pod',
  title: 'One pod is sick, and the others are well',
  requires: [oneIsDifferent],
  direct: onePodAnswersWithErrors,
  supports: [errorsAreHigh],
  explains: [
    'http.health',
    'k8s.crashes',
    'k8s.deployment',
    'k8s.events',
    'k8s.logs',
    'k8s.pods',
    'prom.error_rate',
    'prom.latency',
    'prom.pods',
    'prom.up',
    'api.crashloop.unknown',
    'api.readiness_failing',
    'app.downstream_slow',
    'app.downstream_timeout',
  ],
  summary: (context) => {
    const bad = badPod(context);
    const node = context.facts(k8sPods)?.states.find(({ pod }) => pod === bad?.pod)?.node ?? null;
    return `${bad?.pod ?? 'One pod'} ${bad?.how ?? 'fails'}, and the other pods of the same revision do not: it is neither the code nor what all of them need.${node === null ? '' : ` It is on node ${node}.`}`;
  },
  remediations: evict,
  advice: (context) => {
    const { namespace } = context.target.kubernetes;
    const pod = badPod(context)?.pod ?? 'POD';
    const node = context.facts(k8sPods)?.states.find((one) => one.pod === pod)?.node ?? null;
    return [
      `Keep what it knows first (kubectl --namespace ${namespace} logs ${pod} > ${pod}.log), then let another one take its place: kubectl --namespace ${namespace} delete pod ${pod}.`,
      ...(node === null
        ? []
        : [`If the new one on node ${node} is sick as well, it is the node or its network: kubectl cordon ${node}, and tell its owners.`]),
    ];
  },
});
