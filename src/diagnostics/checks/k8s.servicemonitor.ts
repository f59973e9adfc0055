import { monitors } from '../evidence/monitors.ts';
import { fitMonitors } from '../rules/monitors.ts';
import { defineCheck, type Judgement } from '../types.ts';

type MonitorFacts = {
  served: boolean;
  monitors: number;
  /** The monitor that has the service scraped; null: none. */
  selectedBy: string | null;
  /** What is wrong: no-service, unnamed-port, absent, or the part of the best monitor that does not fit; null: nothing. */
  problem: 'not-served' | 'no-service' | 'unnamed-port' | 'absent' | 'labels' | 'namespace' | 'selector' | 'port' | null;
  detail: string;
  /** What a monitor would have to name. */
  service: string | null;
  port: string | null;
};

export const k8sServiceMonitor = defineCheck({
  id: 'k8s.servicemonitor',
  title: 'ServiceMonitor',
  needs: { monitors },
  judge({ monitors: { data } }, { target }): Judgement<MonitorFacts> {
    const [service] = data.services;
    const port = service?.ports.find(({ name }) => name !== '')?.name ?? null;
    const facts = { served: data.served, monitors: data.monitors.length, selectedBy: null, service: service?.name ?? null, port };
    if (!data.served) {
      const detail =
        'The cluster has no Prometheus Operator (monitoring.coreos.com/v1 is not served): what is scraped stands in the configuration of Prometheus.';
      return { verdict: 'not-applicable', summary: detail, facts: { ...facts, problem: 'not-served', detail } };
    }
    const found = (problem: MonitorFacts['problem'], detail: string): Judgement<MonitorFacts> => ({
      verdict: 'warn',
      summary: detail,
      facts: { ...facts, problem, detail },
    });
    const [best] = fitMonitors(data.monitors, {
      namespace: target.kubernetes.namespace,
      services: data.services,
      podLabels: data.podLabels,
      wantedLabels: target.prometheus.serviceMonitorLabels,
    });
    if (best?.mismatch === null)
      return {
        verdict: 'ok',
        summary: best.detail,
        facts: { ...facts, selectedBy: best.monitor.name, problem: null, detail: best.detail },
      };
    if (service === undefined) return found('no-service', 'No Service selects the pods, so that no ServiceMonitor can.');
    if (best === undefined)
      return port === null
        ? found('unnamed-port', `No ServiceMonitor selects Service ${service.name}, and none could: its ports have no names.`)
        : found(
            'absent',
            `There is no ServiceMonitor in ${target.kubernetes.namespace}, so that nobody tells Prometheus to scrape Service ${service.name}.`,
          );
    return found(best.mismatch, best.detail);
  },
});
