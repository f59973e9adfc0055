import { k8sEndpoints } from '../checks/k8s.endpoints.ts';
import { count } from '../rules/phrases.ts';
import { decide, rule } from '../rules/rule.ts';
import { HUB_CAUSES, HUB_CHECKS } from '../signs/hub.ts';
import { defineCause } from '../types.ts';

const selectsNone = rule({ endpoints: k8sEndpoints }, ({ endpoints: { problem, service, selector, readyPods, ownEndpoints } }) =>
  decide(
    problem === 'selector',
    `The Service ${service} selects ${selector}; ${count(readyPods, 'pod is', 'pods are')} ready, and none of them is among its endpoints.`,
    `${count(ownEndpoints, 'pod of the Deployment is', 'pods of the Deployment are')} among the endpoints of the Service ${service}.`,
  ),
);

export const serviceSelector = defineCause({
  id: 'api.service_selector',
  title: 'The Service selects none of the pods',
  requires: [selectsNone],
  direct: selectsNone,
  explains: [
    ...['http.health', 'k8s.endpoints', 'prom.traffic', 'prom.up', 'prom.targets', 'prom.series'],
    ...['api.edge', 'metrics.no_target', 'metrics.no_traffic'],
    ...HUB_CHECKS,
    ...HUB_CAUSES,
  ],
  summary: (context) => {
    const facts = context.facts(k8sEndpoints);
    return `The pods are ready, but the Service ${facts?.service ?? ''} looks for others (${facts?.selector ?? ''}): nothing is sent to them.`;
  },
  advice: (context) => {
    const facts = context.facts(k8sEndpoints);
    const { namespace, deployment } = context.target.kubernetes;
    return [
      `Compare the selector ${facts?.selector ?? ''} with the labels of the pods: kubectl --namespace ${namespace} get deployment ${deployment} -o jsonpath='{.spec.template.metadata.labels}'`,
      `Then correct the Service, which takes effect at once: kubectl --namespace ${namespace} edit service ${facts?.service ?? deployment}. Where Helm or Argo CD keeps it, correct it there too.`,
    ];
  },
});
