import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sServiceMonitor } from '../checks/k8s.servicemonitor.ts';
import { promTargets } from '../checks/prom.targets.ts';
import type { RemediationOffer } from '../report.ts';
import { count } from '../rules/phrases.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';
import { BLIND, METRIC_SYMPTOMS, prometheusAnswers } from '../signs/scrapes.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const nothingIsScraped = rule({ targets: promTargets }, ({ targets: { targets, expectedPods, droppedPods } }) => {
  if (targets > 0) return no(`Prometheus has ${count(targets, 'target')} of the service.`);
  if (expectedPods === 0) return no('No pod has been ready for long enough to be scraped.');
  const dropped = droppedPods === null || droppedPods === 0 ? '' : `; relabelling drops ${count(droppedPods, 'pod')} that discovery found`;
  return yes(`Prometheus has no target of ${count(expectedPods, 'ready pod')}${dropped}.`);
});

const monitorDoesNotFit = rule({ monitor: k8sServiceMonitor, targets: promTargets }, ({ monitor: { problem, detail }, targets }) =>
  decide(targets.targets === 0 && problem !== null && problem !== 'not-served', detail, detail),
);

export const noTarget = defineCause({
  id: 'metrics.no_target',
  title: 'Nobody tells Prometheus to scrape the service',
  requires: [prometheusAnswers, nothingIsScraped],
  direct: monitorDoesNotFit,
  explains: [...METRIC_SYMPTOMS, 'k8s.servicemonitor'],
  summary: (context) => {
    const pods = context.facts(promTargets)?.expectedPods ?? 0;
    const monitor = context.facts(k8sServiceMonitor);
    const why = monitor === null || monitor.problem === null ? '' : ` ${monitor.detail}`;
    return `${count(pods, 'pod is', 'pods are')} ready, and Prometheus scrapes none.${why} ${BLIND}`;
  },
  remediations: newMonitor,
  advice: (context) => [adviceOn(context)],
});

/** Not where a GitOps tool owns the namespace: it would delete what it does not know. */
function newMonitor(context: ConclusionContext): RemediationOffer[] {
  const monitor = context.facts(k8sServiceMonitor);
  const managedBy = context.facts(k8sDeployment)?.managedBy ?? [];
  if (monitor?.problem !== 'absent' || monitor.service === null || monitor.port === null) return [];
  if (managedBy.includes('Argo CD') || managedBy.includes('Flux')) return [];
  const params = { service: monitor.service, port: monitor.port };
  return [{ id: 'fix.k8s.create_servicemonitor', params, reason: `No ServiceMonitor selects Service ${monitor.service}.` }];
}

function adviceOn({ facts, target }: ConclusionContext): string {
  const monitor = facts(k8sServiceMonitor);
  const wanted = Object.entries(target.prometheus.serviceMonitorLabels).map(([key, value]) => `${key}: ${value}`);
  const labels = wanted.length === 0 ? '' : `, with the labels ${wanted.join(', ')}`;
  const inNamespace = `kubectl --namespace ${target.kubernetes.namespace}`;
  switch (monitor?.problem) {
    case 'absent':
      return `Create a ServiceMonitor that selects Service ${monitor.service ?? ''} and scrapes its port "${monitor.port ?? ''}"${labels}. Where the chart installs the service, set serviceMonitor.enabled: true in its values instead.`;
    case 'labels':
      return `Put the labels that Prometheus wants on the monitor${labels}: ${inNamespace} label servicemonitor NAME ${wanted.map((label) => label.replace(': ', '=')).join(' ')}`;
    case 'selector':
    case 'port':
    case 'namespace':
      return `Make the monitor fit: ${inNamespace} edit servicemonitor. ${monitor.detail}`;
    case 'unnamed-port':
      return `Give the port of Service ${monitor.service ?? ''} a name: a ServiceMonitor names ports, never numbers.`;
    case 'no-service':
      return `Create a Service whose selector fits the pods, with a named port, and a ServiceMonitor that selects it${labels}.`;
    case 'not-served':
      return `Add the service to the scrape_configs of Prometheus, or correct what is there: the targets must have {${target.prometheus.selector}}.`;
    default:
      return `See whether Prometheus takes up monitors of the namespace ${target.kubernetes.namespace} at all (serviceMonitorNamespaceSelector), and whether its targets have {${target.prometheus.selector}} (prometheus.selector of the target).`;
  }
}
