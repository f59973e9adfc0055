import { grafanaDatasource } from '../checks/grafana.datasource.ts';
import { promSeries } from '../checks/prom.series.ts';
import { short } from '../rules/phrases.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';
import { prometheusAnswers, scrapesWork } from '../signs/scrapes.ts';
import { defineCause } from '../types.ts';

const grafanaCannotAsk = rule({ grafana: grafanaDatasource }, ({ grafana: { configured, state, message, datasource } }) => {
  if (!configured) return no('No Grafana is configured for this target, so it was not looked at.');
  if (state === 'missing') return yes(`Grafana has no data source with the uid ${datasource}.`);
  if (state === 'error') return yes(`Grafana cannot ask its data source ${datasource}: ${short(message, 200)}`);
  return no(`Grafana can ask its data source ${datasource}.`);
});

const dataIsThere = rule({ series: promSeries }, ({ series: { present } }) =>
  decide(present !== null, `Prometheus has ${present ?? ''} of the service.`, 'Prometheus has no series of the service now.'),
);

export const dashboard = defineCause({
  id: 'metrics.dashboard',
  title: 'The metrics are in Prometheus, and Grafana cannot ask for them',
  requires: [prometheusAnswers, scrapesWork, dataIsThere, grafanaCannotAsk],
  direct: grafanaCannotAsk,
  explains: ['grafana.datasource'],
  summary: (context) => {
    const grafana = context.facts(grafanaDatasource);
    const why =
      grafana?.state === 'missing'
        ? `it has no data source ${grafana.datasource}`
        : `its data source ${grafana?.datasource ?? ''} fails (${short(grafana?.message ?? '', 160)})`;
    return `Prometheus scrapes the service and has its series; Grafana shows nothing because ${why}.`;
  },
  advice: (context) => {
    const grafana = context.facts(grafanaDatasource);
    if (grafana?.state === 'missing')
      return [
        `Bring the data source back with the uid ${grafana.datasource}, which the dashboards name, or set grafana.datasource of the target to the one that they read.`,
      ];
    return [
      `In Grafana, Connections, Data sources, ${grafana?.datasource ?? ''}: compare its URL, its credentials and its TLS settings with the Prometheus that the bot reads ($${context.target.prometheus.urlFrom}), and press Save & test.`,
    ];
  },
});
