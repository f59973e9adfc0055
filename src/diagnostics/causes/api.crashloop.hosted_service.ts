import { k8sCrashes } from '../checks/k8s.crashes.ts';
import { count } from '../rules/phrases.ts';
import { decide, rule } from '../rules/rule.ts';
import { hasSignature, lastWordsTell, loopingEnds, saidLast } from '../signs/crashes.ts';
import { POD_CONSEQUENCES, POD_SYMPTOMS, podNames } from '../signs/pods.ts';
import { goBack, goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { defineCause } from '../types.ts';

const HOST_STOPPED = ['log.host_stopped'];

const endsWithoutError = rule({ crashes: k8sCrashes }, ({ crashes: { ends } }) => {
  const found = ends.filter(({ exitCode }) => exitCode === 0);
  return decide(
    found.length > 0,
    `Containers of ${podNames(found)} ended by themselves with exit code 0.`,
    'No container ended by itself with exit code 0.',
  );
});

const hostStopped = rule({ crashes: k8sCrashes }, ({ crashes: { ends } }) => {
  const found = ends.filter((end) => hasSignature(end, HOST_STOPPED));
  return decide(
    found.length > 0,
    `The host of ${podNames(found)} stopped itself because a hosted service had failed.`,
    'No host stopped itself because of a hosted service.',
  );
});

const loops = lastWordsTell((end) => hasSignature(end, HOST_STOPPED), 'tell of a hosted service that stopped the host');

/** Since .NET 6 an exception in a hosted service ends the whole process, politely: exit code 0. */
export const crashLoopHostedService = defineCause({
  id: 'api.crashloop.hosted_service',
  title: 'A hosted service fails and ends the whole process',
  requires: [endsWithoutError, hostStopped],
  direct: hostStopped,
  supports: [loops, onlyTheNewRevisionFails],
  explains: [
    ...POD_SYMPTOMS,
    ...POD_CONSEQUENCES,
    'app.one_bad_pod',
    'api.bad_rollout',
    'api.crashloop.config',
    'api.liveness_kill',
    'api.readiness_failing',
  ],
  summary: (context) => {
    const ends = (context.facts(k8sCrashes)?.ends ?? []).filter((end) => hasSignature(end, HOST_STOPPED));
    const [first] = ends;
    const service = first === undefined || first.service === '' ? 'A hosted service' : `Hosted service ${first.service}`;
    const exception =
      first === undefined || first.exception === '' ? '' : ` with ${first.exception}${first.frame === '' ? '' : ` in ${first.frame}`}`;
    return `${service} failed${exception}, and .NET then stops the whole process with exit code 0: ${count(ends.length, 'container')} ended so (${podNames(ends)}).${exception === '' ? saidLast(first) : ''}`;
  },
  remediations: goBack,
  advice: (context) => {
    const [first] = loopingEnds(context).filter((end) => hasSignature(end, HOST_STOPPED));
    const service = first === undefined || first.service === '' ? 'the service that the log names' : first.service;
    return [
      ...goBackAdvice(context),
      `Find what makes ${service} fail: its settings first, then the code at the frame above. A restart does not help, it fails again.`,
    ];
  },
});
