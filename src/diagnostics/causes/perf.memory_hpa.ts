import { k8sHpa } from '../checks/k8s.hpa.ts';
import { k8sMetrics } from '../checks/k8s.metrics.ts';
import { percent } from '../rules/phrases.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { cpuIsLow } from '../signs/cpu.ts';
import { defineCause } from '../types.ts';

const memoryHoldsItAtItsMaximum = rule(
  { hpa: k8sHpa },
  ({ hpa }) => {
    if (!hpa.present) return no('No autoscaler owns the replicas.');
    const text = `Autoscaler ${hpa.name ?? ''} runs ${hpa.currentReplicas ?? 0} replicas, its maximum is ${hpa.maxReplicas ?? 0}`;
    if (!hpa.atMaximum) return no(`${text}: there is room.`);
    if (hpa.memoryCurrentPercent === null || hpa.memoryTargetPercent === null) return no(`${text}, and it does not go by memory.`);
    const memory = `memory is at ${hpa.memoryCurrentPercent} % of the request, target ${hpa.memoryTargetPercent} %`;
    const cpu = hpa.cpuTargetPercent === null ? '' : `, CPU at ${hpa.cpuCurrentPercent ?? '?'} %, target ${hpa.cpuTargetPercent} %`;
    if (hpa.driver !== 'memory') return no(`${text}; it follows the CPU (${memory}${cpu}).`);
    return hpa.memoryCurrentPercent >= hpa.memoryTargetPercent
      ? yes(`${text}: ${memory}${cpu}.`)
      : no(`${text}, and memory does not hold it there: ${memory}.`);
  },
  { weight: 2 },
);

/** Memory of a .NET process does not fall when others share its work: each new pod brings its own. */
export const memoryAutoscaler = defineCause({
  id: 'perf.memory_hpa',
  title: 'The autoscaler adds pods for memory, which more pods do not relieve',
  requires: [memoryHoldsItAtItsMaximum, cpuIsLow],
  direct: memoryHoldsItAtItsMaximum,
  explains: ['k8s.hpa', 'perf.hpa_at_max'],
  summary: (context) => {
    const hpa = context.facts(k8sHpa);
    return `Autoscaler ${hpa?.name ?? ''} has gone to its maximum of ${hpa?.maxReplicas ?? 0} replicas because memory is at ${hpa?.memoryCurrentPercent ?? '?'} % of the request (target ${hpa?.memoryTargetPercent ?? '?'} %), while the CPU is at ${percent(context.facts(k8sMetrics)?.cpuMeanRatio ?? 0)} of the ${context.facts(k8sMetrics)?.cpuOf ?? 'limit'}: each new pod needs as much memory as the others.`;
  },
  advice: (context) => {
    const hpa = context.facts(k8sHpa);
    const { namespace } = context.target.kubernetes;
    return [
      'Do not raise its maximum: more replicas do not lower what each one uses, and each one opens connections to the database.',
      `See first whether memory leaks (/hotswap diagnose memory over some hours). If it does not, take the memory metric out of the autoscaler (kubectl --namespace ${namespace} edit hpa ${hpa?.name ?? ''}), or raise the memory request to what the pods use at rest: the target is a share of the request.`,
    ];
  },
});
