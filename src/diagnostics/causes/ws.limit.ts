import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sHpa } from '../checks/k8s.hpa.ts';
import { promWs } from '../checks/prom.ws.ts';
import { signalrConnect } from '../checks/signalr.connect.ts';
import type { RemediationOffer } from '../report.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';
import { hubNegotiates } from '../signs/hub.ts';
import { podsLogged } from '../signs/logs.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

/** Refusals of the pod itself: the exception of Kestrel is a 409 through the service's middleware, and elsewhere a 500. */
const REFUSED_BY_POD: readonly (number | null)[] = [409, 500, 503];
/** How many of the WebSockets that pods may take should be taken. */
const COMFORTABLE_RATIO = 0.7;

const refusedByPod = rule({ connect: signalrConnect }, ({ connect: { stage, status, text } }) =>
  decide(
    stage === 'upgrade' && REFUSED_BY_POD.includes(status),
    `The request to become a WebSocket is answered with ${text}.`,
    'No pod refuses to take a WebSocket.',
  ),
);

const logged = podsLogged('log.ws.limit', 'they took as many WebSockets as they may');

const podsAreFull = rule({ ws: promWs }, ({ ws: { fullPods, pods, fullestPod, limitPerPod } }) => {
  if (limitPerPod === null) return no(`The fullest pod has ${fullestPod ?? 0} WebSockets; its limit is not known.`);
  return fullPods > 0
    ? yes(`${fullPods} of ${pods} pods have (nearly) all the ${limitPerPod} WebSockets that they may take, the fullest ${fullestPod}.`)
    : no(`The fullest pod has ${fullestPod ?? 0} of ${limitPerPod} WebSockets.`);
});

export const hubLimit = defineCause({
  id: 'ws.limit',
  title: 'The pods have as many WebSockets as they may take',
  requires: [refusedByPod, logged],
  direct: logged,
  supports: [hubNegotiates, podsAreFull],
  explains: ['signalr.connect', 'signalr.sticky', 'signalr.idle', 'prom.ws', 'k8s.logs', 'prom.error_rate'],
  summary: (context) => {
    const facts = context.facts(promWs);
    const limit = facts?.limitPerPod === null || facts?.limitPerPod === undefined ? '' : `, and ${facts.limitPerPod} is what one may take`;
    return `New clients of the hub are turned away, those that are connected stay: the fullest pod has ${facts?.fullestPod ?? 'many'} WebSockets${limit}.`;
  },
  remediations: morePods,
  advice: ({ target: { application, kubernetes } }) => [
    `More pods take more, but only new clients go to them. The limit is MaxConcurrentUpgradedConnections of Kestrel: kubectl --namespace ${kubernetes.namespace} set env deployment/${kubernetes.deployment} ${application.hubLimitVariable}=<more>, which rolls the pods out and lets every client connect anew.`,
    'See why there are so many: pages that open a connection each, or clients that connect again without closing the old one.',
  ],
});

function morePods(context: ConclusionContext): RemediationOffer[] {
  const deployment = context.facts(k8sDeployment);
  const hpa = context.facts(k8sHpa);
  const ws = context.facts(promWs);
  if (deployment === null || hpa === null || ws === null || ws.limitPerPod === null) return [];
  const current = Math.max(1, deployment.desired);
  const wanted = Math.min(
    context.target.kubernetes.maxReplicas,
    Math.max(current + 1, Math.ceil((ws.upgraded ?? 0) / (COMFORTABLE_RATIO * ws.limitPerPod))),
  );
  if (wanted <= current) return [];
  const reason = `${ws.upgraded ?? 0} WebSockets over ${current} pods that take ${ws.limitPerPod} each; ${wanted} pods would have room.`;
  if (!hpa.present || hpa.minReplicas === null || hpa.maxReplicas === null)
    return [{ id: 'fix.k8s.scale', params: { replicas: wanted }, reason }];
  // an autoscaler that looks at CPU adds no pod for idle connections: its lower bound must
  return [{ id: 'fix.k8s.hpa_bounds', params: { minReplicas: wanted, maxReplicas: Math.max(wanted, hpa.maxReplicas) }, reason }];
}
