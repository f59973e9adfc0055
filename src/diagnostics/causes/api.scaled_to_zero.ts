import { k8sDeployment } from '../checks/k8s.deployment.ts';
import { k8sEvents } from '../checks/k8s.events.ts';
import { k8sHpa } from '../checks/k8s.hpa.ts';
import { k8sReplicaSets } from '../checks/k8s.replicasets.ts';
import type { RemediationOffer } from '../report.ts';
import { decide, rule } from '../rules/rule.ts';
import { POD_CONSEQUENCES, POD_SYMPTOMS } from '../signs/pods.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const wantsNone = rule({ deployment: k8sDeployment }, ({ deployment: { desired } }) =>
  decide(desired === 0, 'The Deployment wants 0 replicas.', `The Deployment wants ${desired} replicas.`),
);

const autoscalerIsOff = rule({ hpa: k8sHpa }, ({ hpa: { present, reason } }) =>
  decide(present && reason === 'ScalingDisabled', 'That switches the autoscaler off as well.', 'No autoscaler is switched off.'),
);

/** How many there were, and how that is known; null: nobody remembers. */
function before(context: ConclusionContext): { readonly replicas: number; readonly source: string } | null {
  const seen = context.facts(k8sEvents)?.scaledDownFrom ?? null;
  if (seen !== null && seen > 0) return { replicas: seen, source: 'the event of the scaling' };
  const remembered = context.facts(k8sReplicaSets)?.lastDesired ?? null;
  if (remembered !== null) return { replicas: remembered, source: 'an older revision' };
  const least = context.facts(k8sHpa)?.minReplicas ?? null;
  return least === null || least < 1 ? null : { replicas: least, source: 'the minimum of the autoscaler' };
}

function scaleBack(context: ConclusionContext): RemediationOffer[] {
  const known = before(context);
  if (known === null) return [];
  const replicas = Math.min(known.replicas, context.target.kubernetes.maxReplicas);
  return [
    {
      id: 'fix.k8s.scale',
      params: { replicas },
      reason: `There were ${known.replicas} before, says ${known.source}. Ask first whether somebody took the service down on purpose.`,
    },
  ];
}

export const scaledToZero = defineCause({
  id: 'api.scaled_to_zero',
  title: 'The service is scaled to nothing',
  requires: [wantsNone],
  direct: wantsNone,
  supports: [autoscalerIsOff],
  explains: [...POD_SYMPTOMS, ...POD_CONSEQUENCES, 'k8s.hpa', 'perf.hpa_broken', 'api.edge', 'metrics.no_target', 'metrics.no_traffic'],
  summary: (context) => {
    const known = before(context);
    const were = known === null ? 'How many there were before is not recorded.' : `There were ${known.replicas} before (${known.source}).`;
    return `deployment/${context.target.kubernetes.deployment} is scaled to 0 replicas, so there is no pod to answer. ${were} People do this on purpose for maintenance.`;
  },
  remediations: scaleBack,
  advice: (context) => {
    const { namespace, deployment } = context.target.kubernetes;
    const replicas = before(context)?.replicas ?? 'N';
    return [
      `Ask in the channel whether this is maintenance. If it is not: kubectl --namespace ${namespace} scale deployment/${deployment} --replicas=${replicas}. An autoscaler does not bring it back by itself, as 0 replicas switch it off.`,
    ];
  },
});
