import { CONFIGURATION_SIGNATURES, exitText, hasSignature, lastWordsTell, loopingEnds, saidLast } from '../signs/crashes.ts';
import { containersLoop, POD_CONSEQUENCES, POD_SYMPTOMS, podNames } from '../signs/pods.ts';
import { goBack, goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { defineCause } from '../types.ts';

const tellOfConfiguration = lastWordsTell(
  (end) => hasSignature(end, CONFIGURATION_SIGNATURES),
  'tell of a setting that is missing or wrong',
);

/** The process ends itself, because it cannot start with what it was given. */
export const crashLoopConfig = defineCause({
  id: 'api.crashloop.config',
  title: 'The pods cannot start with their configuration',
  requires: [containersLoop, tellOfConfiguration],
  direct: tellOfConfiguration,
  supports: [onlyTheNewRevisionFails],
  explains: [...POD_SYMPTOMS, ...POD_CONSEQUENCES, 'app.one_bad_pod', 'api.bad_rollout', 'api.liveness_kill', 'api.readiness_failing'],
  summary: (context) => {
    const ends = loopingEnds(context).filter((end) => hasSignature(end, CONFIGURATION_SIGNATURES));
    const [first] = ends;
    const how = first === undefined ? '' : ` (${exitText(first)})`;
    return `The process in ${podNames(ends)} gives up while it starts${how}.${saidLast(first)}`;
  },
  remediations: goBack,
  advice: (context) => [
    ...goBackAdvice(context),
    'Put right what the message names: a variable of the container, or a ConfigMap or Secret that it comes from. Pods that still run have read the old settings and keep them until they restart, so restart none of them before that.',
  ],
});
