import { k8sCrashes } from '../checks/k8s.crashes.ts';
import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sLogs } from '../checks/k8s.logs.ts';
import { k8sReplicaSets } from '../checks/k8s.replicasets.ts';
import { promPods } from '../checks/prom.pods.ts';
import type { RemediationOffer } from '../report.ts';
import { count, form, percent, seconds } from '../rules/phrases.ts';
import { anyOf, cannotTell, no, rule, yes } from '../rules/rule.ts';
import { blamingSignatures } from '../signs/crashes.ts';
import { justLogged } from '../signs/logs.ts';
import { POD_CONSEQUENCES, POD_SYMPTOMS } from '../signs/pods.ts';
import { changesText, olderText, revisionIsRecent, undoAdvice, undoOffer } from '../signs/rollout.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

/** Pods of both revisions at once: the clearest comparison that there is. */
const newPodsFailWhileOldOnesAreReady = rule({ revisions: k8sReplicaSets }, ({ revisions }) => {
  const { newestFailing, newestPods, olderReady, olderFailing } = revisions;
  if (newestFailing === 0) return no('No pod of the newest revision fails to run.');
  if (olderReady === 0 || olderFailing > 0) return no('There are no healthy pods of an older revision to compare with.');
  return yes(
    `${newestFailing} of its ${count(newestPods, 'pod')} ${form(newestFailing, 'fails', 'fail')}, while ${olderText(olderReady)}.`,
  );
});

const newPodsFailFromTheStart = rule(
  { revisions: k8sReplicaSets, deployment: k8sDeployment },
  ({ revisions, deployment }, { thresholds: { rolloutOnsetMinutes } }) => {
    const { newestFailing, newestPods, olderReady, ageSeconds } = revisions;
    if (newestFailing === 0 || olderReady > 0) return no('No pod of the newest revision fails where there is no older one.');
    if (deployment.unavailableSeconds === null || ageSeconds === null) return no('The Deployment does not say that it is unavailable.');
    const after = ageSeconds - deployment.unavailableSeconds;
    const text = `${newestFailing} of its ${count(newestPods, 'pod')} ${form(newestFailing, 'fails', 'fail')}, and the Deployment became unavailable ${seconds(Math.max(0, after))} after it`;
    return after >= 0 && after <= rolloutOnsetMinutes * 60 ? yes(`${text} and not before.`) : no(`${text}.`);
  },
);

const newPodsAnswerWithErrors = rule({ errors: promPods }, ({ errors }) => {
  const { newestRatio, olderRatio, ratioBefore, warnRatio, failRatio } = errors;
  if (newestRatio === null) return cannotTell('There is too little traffic to know how the newest revision answers.');
  const text = `Pods of the newest revision answer ${percent(newestRatio)} of requests with 5xx`;
  if (newestRatio <= failRatio) return no(`${text}, not above ${percent(failRatio)}.`);
  if (olderRatio !== null && olderRatio <= warnRatio) return yes(`${text}, those of older ones ${percent(olderRatio)}.`);
  if (olderRatio !== null) return no(`${text}, and those of older ones ${percent(olderRatio)}.`);
  if (ratioBefore === null) return cannotTell(`${text}; how it was before the rollout is not known.`);
  return ratioBefore <= warnRatio
    ? yes(`${text}; just before the rollout it was ${percent(ratioBefore)}.`)
    : no(`${text}, and before the rollout it was ${percent(ratioBefore)} already.`);
});

const theNewRevisionAloneFails = anyOf(newPodsFailWhileOldOnesAreReady, newPodsFailFromTheStart, newPodsAnswerWithErrors);

const bothRevisionsFail = rule({ revisions: k8sReplicaSets }, ({ revisions: { newestFailing, olderFailing, olderPods } }) =>
  newestFailing > 0 && olderFailing > 0
    ? yes(
        `${olderFailing} of ${count(olderPods, 'pod')} of older revisions ${form(olderFailing, 'fails', 'fail')} as well: it is not what the rollout changed.`,
      )
    : no('Pods of older revisions do not fail.'),
);

/** Pods that run already do not give up for it: they log the same, and go on. */
const olderPodsMeetTheSame = rule(
  { crashes: k8sCrashes, logs: k8sLogs, revisions: k8sReplicaSets },
  ({ crashes, logs, revisions: { newestPods, newestFailing } }, context) => {
    const blamed = newestFailing === 0 ? [] : crashes.ends.filter(({ looping }) => looping).flatMap(blamingSignatures);
    const found = blamed.flatMap((signature) => justLogged(signature, logs, context) ?? []).find(({ pods }) => pods > newestPods);
    return found === undefined
      ? no('Pods of older revisions do not log what the new ones give up for.')
      : yes(
          `${count(found.pods, 'pod')} logged what the new ones give up for (${found.signature}), and only ${newestPods} of them ${form(newestPods, 'is', 'are')} new: it is not what the rollout changed.`,
        );
  },
);

const itBeganLater = rule(
  { errors: promPods, revisions: k8sReplicaSets },
  ({ errors, revisions }, { thresholds: { rolloutOnsetMinutes } }) => {
    const { ratioSoonAfter, newestRatio, warnRatio, failRatio } = errors;
    if (revisions.newestFailing > 0 || newestRatio === null || newestRatio <= failRatio)
      return no('It is not about errors of pods that run.');
    return ratioSoonAfter !== null && ratioSoonAfter <= warnRatio
      ? yes(`${rolloutOnsetMinutes} min after the rollout ${percent(ratioSoonAfter)} of requests failed: what fails now began later.`)
      : no('It began soon after the rollout.');
  },
);

function rollback(context: ConclusionContext): RemediationOffer[] {
  const revisions = context.facts(k8sReplicaSets);
  return revisions === null ? [] : undoOffer(revisions, ' and fails', 'did not');
}

/** What a revision changed is what fails: the older one, with the same database, secrets and traffic, does not. */
export const badRollout = defineCause({
  id: 'api.bad_rollout',
  title: 'The last rollout brought it: the new revision fails where the one before did not',
  requires: [revisionIsRecent, theNewRevisionAloneFails],
  contradicts: [bothRevisionsFail, olderPodsMeetTheSame, itBeganLater],
  direct: anyOf(newPodsFailWhileOldOnesAreReady, newPodsAnswerWithErrors),
  explains: [
    ...POD_SYMPTOMS,
    ...POD_CONSEQUENCES,
    'api.liveness_kill',
    'api.oom',
    'api.readiness_failing',
    'app.downstream_slow',
    'app.downstream_timeout',
    'app.one_bad_pod',
  ],
  summary: (context) => {
    const revisions = context.facts(k8sReplicaSets);
    if (revisions === null) return 'The newest revision fails where the one before did not.';
    const cause = revisions.changeCause === null ? '' : ` Its change-cause says: ${revisions.changeCause}.`;
    return `Revision ${revisions.newestRevision ?? '?'}, ${seconds(revisions.ageSeconds ?? 0)} old, fails where revision ${revisions.previousRevision ?? '?'} did not. It changed: ${changesText(revisions)}.${cause}`;
  },
  remediations: rollback,
  advice: (context) => {
    const revisions = context.facts(k8sReplicaSets);
    return revisions === null ? [] : [undoAdvice(context, revisions)];
  },
});
