import { appPoolCapacity } from '../checks/app.pool_capacity.ts';
import { appPoolConfig } from '../checks/app.pool_config.ts';
import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { pgActivity } from '../checks/pg.activity.ts';
import { promLatency } from '../checks/prom.latency.ts';
import { count } from '../rules/phrases.ts';
import { mostPodsAreHot } from '../signs/cpu.ts';
import { DATABASE_CONSEQUENCES, DATABASE_SYMPTOMS, loggedTimes } from '../signs/database.ts';
import { errorsAreHigh, latencyIsHigh } from '../signs/latency.ts';
import { nobodyWaitsForLocks } from '../signs/locks.ts';
import {
  changePoolSize,
  largestPool,
  POOL_EXHAUSTED,
  POOL_KEYWORD,
  poolIsExhausted,
  poolsAreFull,
  slotsAreSpare,
  statementsAreShort,
  transactionsAreForgotten,
} from '../signs/pool.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

/** Enlarged by as much at once, at least: the report is run again after it. */
const GROWTH = 4;

export const poolTooSmall = defineCause({
  id: 'app.pool_too_small',
  title: 'The connection pools are too small for the traffic',
  requires: [poolIsExhausted, poolsAreFull, statementsAreShort, slotsAreSpare, nobodyWaitsForLocks],
  contradicts: [transactionsAreForgotten, mostPodsAreHot],
  direct: poolsAreFull,
  supports: [latencyIsHigh, errorsAreHigh],
  explains: [
    ...DATABASE_SYMPTOMS,
    ...DATABASE_CONSEQUENCES.filter((id) => id !== 'app.pool_too_small'),
    'app.pool_config',
    'pg.statements',
    'db.slow_query.other',
  ],
  summary: (context) => {
    const size = context.facts(appPoolConfig)?.poolSize ?? 0;
    return `${loggedTimes(context, POOL_EXHAUSTED)} found no free connection: each pod may open ${size}, all ${context.facts(pgActivity)?.connections ?? 0} are in use with short statements, and the server has slots to spare.`;
  },
  remediations: (context) => {
    const size = context.facts(appPoolConfig)?.poolSize ?? 0;
    const capacity = context.facts(appPoolCapacity);
    const atOnce = requestsAtOnce(context);
    const wanted = Math.max(size * GROWTH, atOnce ?? 0);
    const spare =
      capacity === null ? 'the server has slots to spare' : `${capacity.usable} slots are usable, of which others hold ${capacity.others}`;
    const demand = atOnce === null ? '' : `; a pod has about ${count(atOnce, 'request')} at once`;
    return changePoolSize(context, wanted, `the pools of ${size} are full while ${spare}${demand}.`);
  },
  advice: (context) => [`${sizeAdvice(context)} ${POOL_KEYWORD}`],
});

/**
 * Requests that one pod is busy with at a time, those that wait for a connection among them: as many as arrive while one is
 * answered (Little's law). An upper bound of the connections that it has a use for; null where it is not known.
 */
function requestsAtOnce(context: ConclusionContext): number | null {
  const latency = context.facts(promLatency);
  const pods = context.facts(k8sDeployment)?.available ?? 0;
  if (latency === null || pods === 0) return null;
  const { requestsPerSecondRecently: rate, averageSecondsRecently: duration } = latency;
  return rate === null || duration === null ? null : Math.ceil((rate * duration) / pods);
}

function sizeAdvice(context: ConclusionContext): string {
  const most = largestPool(context);
  const variables = (context.facts(appPoolConfig)?.variables ?? []).join(', ');
  return `Raise the pool size in ${variables || 'the connection string'}${most === null ? ', within what the server can serve to all pods, a rollout included' : `: at most ${most} for each pod fit into what the server can serve`}.`;
}
