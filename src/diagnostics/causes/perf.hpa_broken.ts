import { k8sHpa } from '../checks/k8s.hpa.ts';
import { no, rule, yes } from '../rules/rule.ts';
import { cpuIsBusy, mostPodsAreHot } from '../signs/cpu.ts';
import { latencyIsHigh, latencyIsNormal, SYMPTOMS } from '../signs/latency.ts';
import { moreReplicas, poolWarning } from '../signs/replicas.ts';
import { defineCause } from '../types.ts';

const cannotCompute = rule({ hpa: k8sHpa }, ({ hpa }) => {
  if (!hpa.present) return no('No autoscaler owns the replicas.');
  if (hpa.active || hpa.reason === 'ScalingDisabled') return no(`Autoscaler ${hpa.name ?? ''} computes replicas as it should.`);
  return yes(`Autoscaler ${hpa.name ?? ''} cannot compute replicas (${hpa.reason}).`);
});

export const hpaBroken = defineCause({
  id: 'perf.hpa_broken',
  title: 'The autoscaler sees no metrics, and the pods have no CPU left',
  requires: [cannotCompute, cpuIsBusy],
  contradicts: [latencyIsNormal],
  direct: cannotCompute,
  supports: [mostPodsAreHot, latencyIsHigh],
  explains: [...SYMPTOMS, 'k8s.hpa', 'k8s.metrics', 'prom.throttling', 'perf.cpu_saturation'],
  summary: (context) => {
    const hpa = context.facts(k8sHpa);
    return `Autoscaler ${hpa?.name ?? ''} has stopped at ${hpa?.currentReplicas ?? 0} replicas: ${hpa?.reason ?? 'it sees no metrics'}.`;
  },
  remediations: moreReplicas,
  advice: (context) => [
    'Repair what the autoscaler reads: metrics-server (kubectl get apiservice v1beta1.metrics.k8s.io), or the CPU request of the pods, without which there is no percentage.',
    ...poolWarning(context),
  ],
});
