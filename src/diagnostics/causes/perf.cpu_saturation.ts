import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sMetrics } from '../checks/k8s.metrics.ts';
import { promLatency } from '../checks/prom.latency.ts';
import { percent, seconds } from '../rules/phrases.ts';
import { cannotTell, decide, rule } from '../rules/rule.ts';
import { mostPodsAreHot, trafficHasGrown } from '../signs/cpu.ts';
import { errorsAreHigh, latencyIsHigh, latencyIsNormal, presentLatency, SYMPTOMS } from '../signs/latency.ts';
import { nobodyWaitsForLocks } from '../signs/locks.ts';
import { moreReplicas, poolWarning } from '../signs/replicas.ts';
import { defineCause } from '../types.ts';

const hotAndSlow = rule({ cpu: k8sMetrics, latency: promLatency }, ({ cpu, latency }) => {
  const { p95, window } = presentLatency(latency);
  if (p95 === null || cpu.cpuMeanRatio === null) return cannotTell('CPU and latency are not both known.');
  const text = `CPU is at ${percent(cpu.cpuMeanRatio)} of the ${cpu.cpuOf} on average while p95 is ${seconds(p95)} ${window}`;
  return decide(cpu.hotPods * 2 > cpu.measuredPods && p95 > latency.warnSeconds, `${text}.`, `${text}.`);
});

export const cpuSaturation = defineCause({
  id: 'perf.cpu_saturation',
  title: 'The pods have no CPU left',
  requires: [mostPodsAreHot],
  contradicts: [latencyIsNormal],
  direct: hotAndSlow,
  supports: [latencyIsHigh, trafficHasGrown, errorsAreHigh, nobodyWaitsForLocks],
  explains: [...SYMPTOMS, 'k8s.metrics', 'prom.throttling', 'perf.throttled'],
  summary: (context) => {
    const cpu = context.facts(k8sMetrics);
    const deployment = context.facts(k8sDeployment);
    return `${cpu?.hotPods ?? 0} of ${cpu?.measuredPods ?? 0} pods use more than ${percent(cpu?.cpuFailRatio ?? 0)} of their CPU ${cpu?.cpuOf ?? 'limit'} (${percent(cpu?.cpuMeanRatio ?? 0)} on average over ${deployment?.desired ?? 0} replicas), so requests queue for it.`;
  },
  remediations: moreReplicas,
  advice: (context) => [
    ...(moreReplicas(context).length === 0
      ? [
          `More pods are not to be had within the bound of ${context.target.kubernetes.maxReplicas} replicas (kubernetes.maxReplicas): raise it, or the CPU limit, or shed load.`,
        ]
      : []),
    ...poolWarning(context),
  ],
});
