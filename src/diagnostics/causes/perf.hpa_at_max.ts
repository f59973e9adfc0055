import { k8sHpa } from '../checks/k8s.hpa.ts';
import { k8sMetrics } from '../checks/k8s.metrics.ts';
import { percent } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { cpuIsBusy, mostPodsAreHot, trafficHasGrown } from '../signs/cpu.ts';
import { errorsAreHigh, latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { moreReplicas, poolWarning } from '../signs/replicas.ts';
import { defineCause } from '../types.ts';

const limitedByMaximum = rule({ hpa: k8sHpa }, ({ hpa }) => {
  if (!hpa.present) return no('No autoscaler owns the replicas.');
  const text = `Autoscaler ${hpa.name ?? ''} runs ${hpa.currentReplicas ?? 0} replicas, its maximum is ${hpa.maxReplicas ?? 0}`;
  if (!hpa.atMaximum) return no(`${text}: there is room.`);
  if (!hpa.limited) return no(`${text}, and it wants no more.`);
  return yes(
    `${text}, and it wants more (${hpa.reason}${hpa.cpuCurrentPercent === null ? '' : `; CPU at ${hpa.cpuCurrentPercent} % of the request, target ${hpa.cpuTargetPercent ?? '?'} %`}).`,
  );
});

export const hpaAtMaximum = defineCause({
  id: 'perf.hpa_at_max',
  title: 'The autoscaler is at its maximum and the pods have no CPU left',
  requires: [limitedByMaximum, cpuIsBusy],
  contradicts: [latencyIsNormal],
  direct: limitedByMaximum,
  supports: [mostPodsAreHot, latencyIsHigh, trafficHasGrown, errorsAreHigh],
  explains: [...SYMPTOMS, 'k8s.hpa', 'k8s.metrics', 'prom.throttling', 'perf.cpu_saturation'],
  summary: (context) => {
    const hpa = context.facts(k8sHpa);
    const cpu = context.facts(k8sMetrics);
    return `Autoscaler ${hpa?.name ?? ''} would add pods, but ${hpa?.maxReplicas ?? 0} is its maximum; CPU is at ${percent(cpu?.cpuMeanRatio ?? 0)} of the ${cpu?.cpuOf ?? 'limit'} on average.`;
  },
  remediations: moreReplicas,
  advice: (context) => [
    ...(moreReplicas(context).length === 0
      ? [
          `The autoscaler's maximum is at the bound of the target already (kubernetes.maxReplicas ${context.target.kubernetes.maxReplicas}): raise it, or the CPU limit, or shed load.`,
        ]
      : []),
    ...poolWarning(context),
  ],
});
