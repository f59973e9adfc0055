import { httpHealth } from '../checks/http.health.ts';
import { k8sEndpoints } from '../checks/k8s.endpoints.ts';
import { k8sIngress } from '../checks/k8s.ingress.ts';
import { count, form, some } from '../rules/phrases.ts';
import { decide, either, no, rule, yes } from '../rules/rule.ts';
import { addressIsRefused, addressOf, isRefused } from '../signs/edge.ts';
import { endpointsAreReady, HUB_CAUSES, HUB_CHECKS } from '../signs/hub.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const publicAddressFails = rule({ health: httpHealth }, ({ health: { bad, probes } }) => {
  const answers = some(probes.map(({ status, failure }) => String(status ?? failure ?? 'no answer')));
  return decide(
    bad >= Math.min(2, probes.length),
    `The public address fails ${bad} of ${probes.length} probes (${answers}).`,
    `The public address answers (${answers}).`,
  );
});

const ingressLeadsNowhere = rule({ ingress: k8sIngress }, ({ ingress: { broken } }) =>
  broken.length > 0 ? yes(`The Ingress leads nowhere: ${some(broken)}.`) : no('The Ingress leads to a port that exists.'),
);

/** A gateway that answers with 5xx while most pods are away says that they are, and nothing of itself. */
const mostPodsAreAway = rule(
  { health: httpHealth, endpoints: k8sEndpoints, ingress: k8sIngress },
  ({ health: { probes }, endpoints: { readyEndpoints, endpoints }, ingress: { broken } }) =>
    decide(
      readyEndpoints * 2 < endpoints && broken.length === 0 && probes.every(({ status }) => status !== null),
      `Only ${readyEndpoints} of ${count(endpoints, 'endpoint')} ${form(readyEndpoints, 'is', 'are')} ready: whatever stands before them has hardly anybody to ask.`,
      'Most endpoints are ready.',
    ),
);

const refused = addressIsRefused('service', { orName: true });

export const edge = defineCause({
  id: 'api.edge',
  title: 'The pods are well, but nobody gets to them from outside',
  requires: [publicAddressFails, endpointsAreReady],
  contradicts: [mostPodsAreAway],
  direct: either(refused, ingressLeadsNowhere),
  supports: [refused, ingressLeadsNowhere],
  explains: ['http.health', 'net.tls', 'k8s.ingress', 'prom.traffic', ...HUB_CHECKS, ...HUB_CAUSES],
  summary: (context) =>
    `The pods are ready and their Service leads to them, yet requests to the public address fail: ${reasonOf(context)}.`,
  advice: (context) => {
    const { namespace } = context.target.kubernetes;
    const look = `kubectl --namespace ${namespace} get ingress -o yaml`;
    const broken = context.facts(k8sIngress)?.broken ?? [];
    const address = addressOf('service', context);
    return [
      ...(broken.length > 0 ? [`Correct the backend of the Ingress (service.name and service.port): ${look}`] : []),
      ...(address?.problem === 'dns' ? ['Have the DNS record of the public address put back.'] : []),
      ...(address !== undefined && isRefused(address)
        ? [`Renew the certificate in the Secret that the Ingress names (spec.tls): ${look}`]
        : []),
      'Follow a request from outside to inside: DNS, load balancer, Ingress controller and its log, Service. Restarting pods does not help.',
    ];
  },
});

function reasonOf(context: ConclusionContext): string {
  const address = addressOf('service', context);
  if (address !== undefined && !['none', 'plain-http', 'ends-soon', 'no-answer'].includes(address.problem))
    return `${address.host}: ${address.text}`;
  const broken = context.facts(k8sIngress)?.broken ?? [];
  if (broken.length > 0) return some(broken);
  const answers = (context.facts(httpHealth)?.probes ?? []).map(({ status, failure }) => String(status ?? failure ?? 'no answer'));
  return `it answers ${some([...new Set(answers)])}`;
}
