import { httpHealth } from '../checks/http.health.ts';
import { promTraffic } from '../checks/prom.traffic.ts';
import { perSecond, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, rule } from '../rules/rule.ts';
import { prometheusAnswers, scrapesWork } from '../signs/scrapes.ts';
import { defineCause } from '../types.ts';

const countersStandStill = rule({ traffic: promTraffic }, ({ traffic }) => {
  const { requestsPerSecondLately, requestsPerSecond, quietWindowSeconds, windowSeconds, minimumRequestsPerSecond, standsStill } = traffic;
  if (requestsPerSecondLately === null) return cannotTell('The traffic of the last moments is not known.');
  const text = `${perSecond(requestsPerSecondLately)} were counted in the last ${seconds(quietWindowSeconds)}, ${perSecond(requestsPerSecond ?? 0)} in the last ${seconds(windowSeconds)}`;
  const quiet = standsStill === true || (requestsPerSecond ?? 0) < minimumRequestsPerSecond;
  return decide(quiet, `${text}.`, `${text}: there is traffic.`);
});

/** Where nobody gets through, counters stand still as well: that is no lack of people. */
const publicAddressFails = rule({ health: httpHealth }, ({ health: { good, bad } }) =>
  decide(bad > 0 && good === 0, 'The public address of the service fails, so nobody gets through.', 'The public address answers.'),
);

export const noTraffic = defineCause({
  id: 'metrics.no_traffic',
  title: 'Nobody uses the service at the moment',
  benign: true,
  requires: [prometheusAnswers, scrapesWork, countersStandStill],
  contradicts: [publicAddressFails],
  direct: countersStandStill,
  explains: ['prom.traffic', 'prom.latency', 'prom.error_rate', 'prom.ws'],
  summary: (context) => {
    const traffic = context.facts(promTraffic);
    return `Prometheus scrapes the service as it should, and its counters of requests (almost) stand still (${perSecond(traffic?.requestsPerSecondLately ?? 0)} in the last ${seconds(traffic?.quietWindowSeconds ?? 0)}): empty panels are right. Error rate and latency cannot be known meanwhile.`;
  },
  advice: () => [
    'If there should be traffic, look in front of the service: the ingress, DNS, the callers. Otherwise nothing needs to be done.',
  ],
});
