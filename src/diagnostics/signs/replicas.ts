import { appPoolCapacity } from '../checks/app.pool_capacity.ts';
import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sHpa } from '../checks/k8s.hpa.ts';
import { k8sMetrics } from '../checks/k8s.metrics.ts';
import type { RemediationOffer } from '../report.ts';
import { count, percent } from '../rules/phrases.ts';
import type { ConclusionContext } from '../types.ts';

/** How busy a pod should be at most once there are more of them. */
const COMFORTABLE_RATIO = 0.6;
/** Pods as busy as this want more than they can get, and how much more cannot be seen: more room is left for it. */
const SATURATED_RATIO = 0.9;
const ROOMY_RATIO = 0.5;

/** How many replicas should carry the present load; at most twice as many as now, and within the target's bound. */
function comfortableReplicas(current: number, cpuRatio: number, largest: number): number {
  const wanted = Math.max(current + 1, Math.ceil((current * cpuRatio) / (cpuRatio >= SATURATED_RATIO ? ROOMY_RATIO : COMFORTABLE_RATIO)));
  return Math.min(wanted, current * 2, largest);
}

/** More pods: by the bounds of the autoscaler where one owns the replicas, else by their number. Empty where the target's bound is reached. */
export function moreReplicas(context: ConclusionContext): RemediationOffer[] {
  const cpu = context.facts(k8sMetrics);
  const deployment = context.facts(k8sDeployment);
  const hpa = context.facts(k8sHpa);
  if (deployment === null || hpa === null) return [];
  const current = Math.max(deployment.desired, 1);
  const wanted = comfortableReplicas(current, cpu?.cpuMeanRatio ?? 1, context.target.kubernetes.maxReplicas);
  if (wanted <= current) return [];
  const reason = reasonFor(current, cpu?.cpuMeanRatio ?? 1, wanted);
  if (!hpa.present || hpa.minReplicas === null || hpa.maxReplicas === null)
    return [{ id: 'fix.k8s.scale', params: { replicas: wanted }, reason }];
  // an autoscaler that cannot compute still keeps its lower bound; one that works needs room above
  const minReplicas = hpa.active ? hpa.minReplicas : Math.max(hpa.minReplicas, wanted);
  const maxReplicas = Math.max(hpa.maxReplicas, wanted);
  if (minReplicas === hpa.minReplicas && maxReplicas === hpa.maxReplicas) return [];
  return [{ id: 'fix.k8s.hpa_bounds', params: { minReplicas, maxReplicas }, reason }];
}

function reasonFor(current: number, cpuRatio: number, wanted: number): string {
  const now = `${count(current, 'pod runs', 'pods run')} at ${percent(cpuRatio)} of the CPU they may use`;
  return cpuRatio >= SATURATED_RATIO
    ? `${now}, and how much more they want cannot be seen; ${wanted} would have room for ${percent(wanted / (current * cpuRatio) - 1)} more.`
    : `${now}; ${wanted} would carry the same load with room to spare.`;
}

/** What speaks against more pods: each one opens connections. */
export function poolWarning(context: ConclusionContext): string[] {
  const pool = context.facts(appPoolCapacity);
  if (pool === null || pool.demand === null || pool.demand <= pool.usable) return [];
  return [`Mind the database: ${pool.pods} pods may already demand ${pool.demand} connections, and ${pool.usable} are usable.`];
}
