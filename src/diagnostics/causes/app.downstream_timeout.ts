import { k8sLogs } from '../checks/k8s.logs.ts';
import { promErrorRate } from '../checks/prom.error_rate.ts';
import { count, short } from '../rules/phrases.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';
import { nobodyWaitsForLocks } from '../signs/locks.ts';
import { podsLogged } from '../signs/logs.ts';
import { requestsFail, signatureIn, signatureSeen } from '../signs/refusals.ts';
import { defineCause } from '../types.ts';

const SIGNATURE = 'log.downstream_timeout';
/** What says that the database is behind it, and not another service. */
const OF_THE_DATABASE = ['log.npgsql.cmd_timeout', 'log.npgsql.connect_failed', 'log.npgsql.pool_exhausted', 'log.pg.slots'];
const PRESENT_MS = 120_000;

const manyPodsSeeIt = rule({ logs: k8sLogs }, ({ logs }) => {
  const found = signatureIn(logs, SIGNATURE);
  if (found === undefined) return no('No pod logged that another service does not answer.');
  const text = `${found.pods} of ${count(logs.podsRead, 'pod')} logged it`;
  return decide(
    found.pods * 2 > logs.podsRead,
    `${text}: it is not about one pod or one node.`,
    `${text}: it is about those pods, and not about the service that they ask.`,
  );
});

const theDatabaseFails = rule({ logs: k8sLogs }, ({ logs }, { now }) => {
  const found = logs.signatures.find(
    ({ signature, lastAt }) => OF_THE_DATABASE.includes(signature) && now.getTime() - Date.parse(lastAt) <= PRESENT_MS,
  );
  return found === undefined
    ? no('No pod has just logged trouble with the database.')
    : yes(`${count(found.pods, 'pod')} logged trouble with the database as well (${found.signature}).`);
});

/** A service that hotswap-api asks over HTTP does not answer in time, or cannot be reached, and requests fail for it. */
export const downstreamTimeout = defineCause({
  id: 'app.downstream_timeout',
  title: 'Another service that the application asks does not answer',
  requires: [podsLogged(SIGNATURE, 'another service did not answer'), requestsFail, manyPodsSeeIt],
  contradicts: [theDatabaseFails],
  supports: [nobodyWaitsForLocks],
  explains: [
    'prom.error_rate',
    'prom.latency',
    'prom.pods',
    'k8s.logs',
    'http.health',
    'http.deployment',
    'app.downstream_slow',
    'job.failed_permanently',
    'job.retry_backoff',
  ],
  summary: (context) => {
    const { pods, times, sample, frame } = signatureSeen(context, SIGNATURE);
    return `${count(pods, 'pod')} logged ${count(times, 'time')} that a call over HTTP came to nothing${frame === '' ? '' : ` (in ${frame})`}: ${short(sample, 140)}`;
  },
  advice: (context) => {
    const { frame } = signatureSeen(context, SIGNATURE);
    const routes = [...new Set(context.facts(promErrorRate)?.places.map(({ route }) => route) ?? [])].slice(0, 3).join(', ');
    return [
      `Ask those who run the service that is called${frame === '' ? '' : ` in ${frame}`}; requests fail${routes === '' ? '' : ` on ${routes}`}. The database has no part in it.`,
      'Do not raise the timeout: requests would wait longer for an answer that does not come, and hold connections and memory meanwhile. A shorter one, or a fallback, lets the rest of the application go on.',
    ];
  },
});
