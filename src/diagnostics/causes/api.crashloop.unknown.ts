import { k8sCrashes } from '../checks/k8s.crashes.ts';
import { short } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { blames, CONFIGURATION_SIGNATURES, exitText, hasSignature, loopingEnds, saidLast } from '../signs/crashes.ts';
import { kubeletKills, POD_SYMPTOMS, podNames, podsAre, podsDo, podsOf } from '../signs/pods.ts';
import { aReferenceIsMissing } from '../signs/references.ts';
import { goBack, goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { defineCause } from '../types.ts';

const doNotStayUp = podsAre(['crash-loop', 'config'], 'cannot be started, or does not stay up', 'cannot be started, or do not stay up');

const KNOWN = [...CONFIGURATION_SIGNATURES, 'log.host_stopped', 'log.oom.managed'];

const nothingKnownIsSaid = rule({ crashes: k8sCrashes }, ({ crashes: { ends } }) => {
  const looping = ends.filter((end) => end.looping);
  const known = looping.filter((end) => hasSignature(end, KNOWN) || blames(end) !== undefined);
  return known.length > 0
    ? no(`The last words of ${podNames(known)} say why they end.`)
    : yes('The last words of the containers name nothing that the bot knows.');
});

/** What is left where containers end, or cannot be created, and nothing that is known says why. */
export const crashLoopUnknown = defineCause({
  id: 'api.crashloop.unknown',
  title: 'Containers do not stay up, and nothing known says why',
  requires: [doNotStayUp, nothingKnownIsSaid],
  contradicts: [kubeletKills, aReferenceIsMissing],
  supports: [onlyTheNewRevisionFails],
  explains: [...POD_SYMPTOMS, 'api.bad_rollout', 'api.readiness_failing', 'job.orphaned', 'job.processor_dead', 'metrics.target_down'],
  summary: (context) => {
    const [uncreated] = podsOf(context, 'config');
    if (uncreated !== undefined)
      return `The container of ${podNames(podsOf(context, 'config'))} cannot be created (${uncreated.reason}): ${short(uncreated.message, 200)}`;
    const [end] = loopingEnds(context);
    if (end === undefined)
      return `${podsDo(podsOf(context, 'crash-loop'), 'is', 'are')} restarted again and again, and the last words are gone.`;
    const silence =
      end.message === '' ? ' It said nothing before that: it ended before the application itself began to log.' : saidLast(end);
    return `${podsDo(podsOf(context, 'crash-loop'), 'ends', 'end')} again and again, with ${exitText(end)}.${silence}`;
  },
  remediations: goBack,
  advice: (context) => {
    const { namespace } = context.target.kubernetes;
    const [pod] = podsOf(context, 'crash-loop', 'config');
    const name = pod?.pod ?? 'POD';
    return [
      ...goBackAdvice(context),
      `Read what it says itself: kubectl --namespace ${namespace} logs ${name} --previous, and kubectl --namespace ${namespace} describe pod ${name}. Where it says nothing, look at what runs before the application: startup hooks, profilers and other agents that variables switch on, the command, the architecture of the image.`,
    ];
  },
});
