import { k8sEndpoints } from '../checks/k8s.endpoints.ts';
import { k8sIngress } from '../checks/k8s.ingress.ts';
import { signalrConnect } from '../checks/signalr.connect.ts';
import { signalrSticky } from '../checks/signalr.sticky.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';
import { defineCause } from '../types.ts';

const reachesStrangers = rule({ connect: signalrConnect, sticky: signalrSticky }, ({ connect, sticky }) => {
  const strangers = connect.strangers + sticky.strangers;
  const tries = connect.attempts + sticky.tries;
  return decide(
    strangers > 0 && sticky.readyPods > 1,
    `${strangers} of ${tries} tries reached another of the ${sticky.readyPods} pods than the one that had negotiated, which answers 404.`,
    'Every try reached the pod that had negotiated.',
  );
});

const nothingSaysSo = rule({ ingress: k8sIngress }, ({ ingress: { affinity, hubIngress } }) =>
  affinity === null
    ? yes(`${hubIngress === null ? 'No Ingress has' : `The Ingress ${hubIngress} has no`} annotation that keeps a client with one pod.`)
    : no(`Clients should be kept with one pod by ${affinity}.`),
);

const noSessionAffinity = rule({ endpoints: k8sEndpoints }, ({ endpoints: { service, sessionAffinity } }) =>
  decide(
    sessionAffinity === 'None',
    `The Service ${service} has sessionAffinity None.`,
    `The Service ${service} has sessionAffinity ${sessionAffinity}.`,
  ),
);

export const noAffinity = defineCause({
  id: 'ws.no_sticky',
  title: 'Clients of the hub do not stay with their pod',
  requires: [reachesStrangers],
  direct: reachesStrangers,
  supports: [nothingSaysSo, noSessionAffinity],
  explains: ['signalr.connect', 'signalr.sticky', 'signalr.idle', 'prom.ws'],
  summary: (context) => {
    const facts = context.facts(signalrSticky);
    return `A client negotiates with one pod and then connects to another one, which does not know it. With ${facts?.readyPods ?? 'several'} pods most tries fail, and trying again sometimes helps.`;
  },
  advice: (context) => {
    const { namespace } = context.target.kubernetes;
    const hubIngress = context.facts(k8sIngress)?.hubIngress;
    const annotate = `kubectl --namespace ${namespace} annotate ingress ${hubIngress ?? '<ingress>'} nginx.ingress.kubernetes.io/affinity=cookie`;
    return [
      `Keep clients with their pod. With ingress-nginx: ${annotate}`,
      'Or let clients connect with WebSockets alone and without negotiating (skipNegotiation: true).',
      'Either way, with several pods a backplane (Redis, Azure SignalR) is needed: else an event reaches only the clients of the pod where it happened.',
    ];
  },
});
