import { autoscaler } from '../evidence/autoscaler.ts';
import { capacity } from '../evidence/capacity.ts';
import { deployment } from '../evidence/deployment.ts';
import { percent } from '../rules/phrases.ts';
import { poolDemand, poolOf, surgePods } from '../rules/pool.ts';
import { defineCheck, type Judgement } from '../types.ts';

type PoolCapacityFacts = {
  pods: number;
  /** Pods that a rollout may run beside them. */
  surge: number;
  poolSize: number | null;
  demand: number | null;
  /** Connections of everybody else, the bot included. */
  others: number;
  usable: number;
  usableRatio: number | null;
  warnRatio: number;
};

/** What the Deployment may demand at most must fit into what the server can give. */
export const appPoolCapacity = defineCheck({
  id: 'app.pool_capacity',
  title: 'Pools against connection slots',
  needs: { deployment, autoscaler, capacity },
  judge(
    { deployment: { data: owner }, autoscaler: { data: hpa }, capacity: { data: slots } },
    { target, thresholds },
  ): Judgement<PoolCapacityFacts> {
    const pods = Math.max(owner.replicas, hpa?.maxReplicas ?? 0);
    const maxSurge = owner.strategy === 'Recreate' ? 0 : owner.maxSurge;
    const surge = surgePods(pods, maxSurge);
    const pool = poolOf(owner.connectionStrings, target.application.defaultPoolSize);
    const warnRatio = thresholds.capacityWarnRatio;
    const ours = slots.roles.filter(({ role }) => target.database.applicationRoles.includes(role));
    const others = Math.max(0, slots.used - ours.reduce((sum, { connections }) => sum + connections, 0));
    if (pool === undefined)
      return {
        verdict: 'unknown',
        summary: `${slots.usable} connection slots are usable; what ${pods} pods may demand is not known, because the pool setting is not.`,
        facts: { pods, surge, poolSize: null, demand: null, others, usable: slots.usable, usableRatio: null, warnRatio },
      };
    const own = poolDemand(pods, maxSurge, pool);
    const demand = own + others;
    const ratio = slots.usable > 0 ? demand / slots.usable : Number.POSITIVE_INFINITY;
    const facts = { pods, surge, poolSize: pool.size, demand, others, usable: slots.usable, usableRatio: ratio, warnRatio };
    const text = `${pods} pods with pools of ${pool.size} may demand ${own} connections, a rollout included, and others hold ${others}; ${slots.usable} are usable`;
    if (demand > slots.usable) return { verdict: 'fail', summary: `${text}: not all of them can be served.`, facts };
    if (ratio > warnRatio) return { verdict: 'warn', summary: `${text} (${percent(ratio)}, above ${percent(warnRatio)}).`, facts };
    return { verdict: 'ok', summary: `${text} (${percent(ratio)}).`, facts };
  },
});
