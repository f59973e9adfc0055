import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sEvents } from '../checks/k8s.events.ts';
import { k8sLogs } from '../checks/k8s.logs.ts';
import { k8sPods } from '../checks/k8s.pods.ts';
import type { RemediationOffer } from '../report.ts';
import { count } from '../rules/phrases.ts';
import { anyOf, decide, no, rule, yes } from '../rules/rule.ts';
import { POD_CONSEQUENCES, POD_SYMPTOMS, podNames } from '../signs/pods.ts';
import { goBackAdvice, onlyTheNewRevisionFails } from '../signs/rollout.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const LOOPBACK = /\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?::|\/|$)/i;
const RECENT_SECONDS = 600;

const connectionsAreRefused = rule({ events: k8sEvents, pods: k8sPods }, ({ events: { probes }, pods: { states } }) => {
  const unready = states.filter(({ state }) => state !== 'ready' && state !== 'terminating').map(({ pod }) => pod);
  const refused = probes.filter(({ kind, pod, secondsAgo }) => kind === 'refused' && secondsAgo <= RECENT_SECONDS && unready.includes(pod));
  const times = refused.reduce((sum, { count: own }) => sum + own, 0);
  return decide(
    refused.length > 0,
    `The kubelet was refused ${count(times, 'time')} on the port of ${podNames(refused)}, although the container runs.`,
    'No probe was refused on the port of a pod.',
  );
});

const logSaysOverridden = rule({ logs: k8sLogs }, ({ logs: { signatures } }) => {
  const found = signatures.find(({ signature }) => signature === 'log.bind.overridden');
  return found === undefined
    ? no('No pod logged that its addresses are overridden.')
    : yes(`${count(found.pods, 'pod')} logged that the addresses of ASPNETCORE_URLS are overridden by the configuration.`);
});

const variableSaysLoopback = rule({ deployment: k8sDeployment }, ({ deployment: { variables } }, { target }) => {
  const found = variables.find(({ name, value }) => name === target.application.listenVariable && LOOPBACK.test(value));
  return found === undefined ? no('No variable of the container binds it to localhost.') : yes(`Variable ${found.name} is ${found.value}.`);
});

const listensElsewhere = anyOf(logSaysOverridden, variableSaysLoopback);

function listenEverywhere(context: ConclusionContext): { readonly name: string; readonly value: string } {
  const port = context.facts(k8sDeployment)?.readinessPort ?? String(context.target.application.listenPort);
  return { name: context.target.application.listenVariable, value: `http://0.0.0.0:${port}` };
}

function setAddress(context: ConclusionContext): RemediationOffer[] {
  const { name, value } = listenEverywhere(context);
  return [
    {
      id: 'fix.k8s.set_env',
      params: { name, value },
      reason: `The pods must listen on their own address, on the port that is asked: ${value}.`,
    },
  ];
}

/** The process listens on its own loopback alone, where nobody else in the cluster gets to it. */
export const bindLoopback = defineCause({
  id: 'api.bind_loopback',
  title: 'The process listens on localhost, where nobody can reach it',
  requires: [connectionsAreRefused, listensElsewhere],
  direct: listensElsewhere,
  supports: [variableSaysLoopback, onlyTheNewRevisionFails],
  explains: [...POD_SYMPTOMS, ...POD_CONSEQUENCES, 'app.one_bad_pod', 'api.bad_rollout', 'api.liveness_kill', 'api.readiness_failing'],
  summary: (context) => {
    const events = context.facts(k8sEvents)?.probes.filter(({ kind }) => kind === 'refused') ?? [];
    const port = context.facts(k8sDeployment)?.readinessPort ?? '?';
    return `The process of ${podNames(events)} runs, and port ${port} of the pod refuses connections: an address in its configuration overrides the one it is started with, so it listens on its own loopback.`;
  },
  remediations: setAddress,
  advice: (context) => {
    const { namespace, deployment } = context.target.kubernetes;
    const { name, value } = listenEverywhere(context);
    return [
      `Let it listen on every address: kubectl --namespace ${namespace} set env deployment/${deployment} ${name}=${value}, or put the same into the ConfigMap that its settings come from. ASPNETCORE_URLS does not help, as that is what is overridden.`,
      ...goBackAdvice(context),
    ];
  },
});
