import { grafanaDatasource } from '../checks/grafana.datasource.ts';
import { promReady } from '../checks/prom.ready.ts';
import { decide, rule } from '../rules/rule.ts';
import { BLIND, METRIC_SYMPTOMS } from '../signs/scrapes.ts';
import { defineCause } from '../types.ts';

const isNotReady = rule({ prometheus: promReady }, ({ prometheus: { ready, status, failure } }) => {
  const answer = status === null ? `does not answer (${failure ?? 'no reason given'})` : `answers /-/ready with ${status}`;
  return decide(!ready, `Prometheus ${answer}.`, 'Prometheus is up and ready.');
});

/** An answer comes from Prometheus itself, or from what stands before it; silence may be the bot's network. */
const saysSoItself = rule({ prometheus: promReady }, ({ prometheus: { ready, status, said } }) =>
  decide(!ready && status !== null, `It said ${status ?? ''}${said === '' ? '' : ` (${said})`}.`, 'It did not say so itself.'),
);

/** Grafana asks Prometheus from another place: what it reaches is up. */
const grafanaGetsThrough = rule(
  { prometheus: promReady, grafana: grafanaDatasource },
  ({ prometheus: { status }, grafana: { state, datasource } }) =>
    decide(
      status === null && state === 'ok',
      `Grafana can ask its data source ${datasource}: it is the bot alone that does not reach Prometheus.`,
      'Grafana does not get through either.',
    ),
);

export const prometheusDown = defineCause({
  id: 'prom.down',
  title: 'Prometheus itself is not ready',
  requires: [isNotReady],
  contradicts: [grafanaGetsThrough],
  direct: saysSoItself,
  explains: [
    ...METRIC_SYMPTOMS,
    'prom.ready',
    'grafana.datasource',
    'metrics.auth',
    'metrics.dashboard',
    'metrics.endpoint_404',
    'metrics.no_target',
    'metrics.no_traffic',
    'metrics.ratelimited',
    'metrics.redirect',
    'metrics.target_down',
    'metrics.wrong_names',
  ],
  summary: (context) => {
    const facts = context.facts(promReady);
    const answer =
      facts?.status === null || facts === null ? `does not answer (${facts?.failure ?? 'no reason given'})` : `answers ${facts.status}`;
    return `Prometheus ${answer}. ${BLIND}`;
  },
  advice: (context) => {
    const status = context.facts(promReady)?.status ?? null;
    return status === null
      ? [
          `See whether Prometheus runs, and whether the bot can reach it: kubectl get pods --all-namespaces --selector app.kubernetes.io/name=prometheus, then curl -sS "$${context.target.prometheus.urlFrom}/-/ready" from where the bot runs.`,
        ]
      : [
          'Read the log of Prometheus: after a restart it answers 503 until its write-ahead log is replayed, which may take minutes; a full disk or too little memory keeps it from ever getting there.',
        ];
  },
});
