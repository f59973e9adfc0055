import type { NamedTarget } from '../../config/settings.ts';
import type { Deployment } from '../../diagnostics/evidence/deployment.ts';
import type { Slots } from '../evidence/slots.ts';
import type { Refused } from '../plan.ts';
import { refuse } from './refusal.ts';
import { surgeOf } from './workload.ts';

/** Share of the usable connections that pods may ask for. */
const SHARE = 0.9;

/**
 * Refuses where the pods could open more connections than the database has to give:
 * (pods + surge) x pool, summed over connection strings, plus other clients, against 90 % of the usable slots.
 */
export function capacityGuard(pods: number, deployment: Deployment, slots: Slots, target: NamedTarget): Refused | undefined {
  const pool = poolOf(deployment, target);
  if (pool === 0) return undefined;
  const surge = surgeOf(deployment, pods);
  const demand = (pods + surge) * pool + slots.others;
  const allowed = Math.floor(SHARE * slots.usable);
  if (demand <= allowed) return undefined;
  const most = Math.max(0, Math.floor((allowed - slots.others) / pool) - surge);
  return refuse(
    'database-capacity',
    `${pods} pods and ${surge} of a rollout could open ${(pods + surge) * pool} connections (${pool} each), with ${slots.others} of others ${demand}; the database gives ${slots.usable}, of which 90 % are ${allowed}.`,
    most > 0
      ? `At most ${most} pods fit. A smaller pool for each pod makes room for more.`
      : 'Give each pod a smaller pool, or the database more connections.',
  );
}

/** Connections that one pod may open at most; 0 where its environment shows no database. */
function poolOf(deployment: Deployment, target: NamedTarget): number {
  const strings = deployment.connectionStrings;
  if (strings.length === 0) return deployment.hasEnvironmentFrom ? target.application.defaultPoolSize : 0;
  return strings.reduce((sum, { poolSize }) => sum + (poolSize ?? target.application.defaultPoolSize), 0);
}

/** What the plan should say of a pool that is not readable. */
export function poolWarnings(deployment: Deployment, target: NamedTarget): string[] {
  const { connectionStrings: strings, hasEnvironmentFrom } = deployment;
  const hidden = strings.filter(({ kind }) => kind === 'reference').map(({ variable }) => variable);
  const assumed = `which the bot does not read; ${target.application.defaultPoolSize} is assumed (application.defaultPoolSize).`;
  if (hidden.length > 0) return [`The pool size of ${hidden.join(', ')} comes from a Secret or a ConfigMap, ${assumed}`];
  if (strings.length > 0)
    return hasEnvironmentFrom ? ['A further connection string that comes with a whole Secret or ConfigMap (envFrom) is not counted.'] : [];
  return hasEnvironmentFrom
    ? [`The connection string comes with a whole Secret or ConfigMap (envFrom), ${assumed}`]
    : ['The Deployment shows no connection string, so database connections were not counted.'];
}
