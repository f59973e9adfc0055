import { z } from 'zod';
import { type Autoscaler, autoscaler } from '../../diagnostics/evidence/autoscaler.ts';
import { type Deployment, deployment } from '../../diagnostics/evidence/deployment.ts';
import { pods } from '../../diagnostics/evidence/pods.ts';
import { quotas } from '../../diagnostics/evidence/quotas.ts';
import { jobsSeen } from '../evidence/jobs-seen.ts';
import { ENDLESS_SLOTS, slots } from '../evidence/slots.ts';
import { capacityGuard, poolWarnings } from '../guards/capacity.ts';
import { factSeen, numberOf } from '../guards/facts-seen.ts';
import { jobsAtRisk } from '../guards/live-jobs.ts';
import { gitOpsGuard, ownerWarnings } from '../guards/owners.ts';
import { demandOfPods, NO_LIMITS, quotaGuard } from '../guards/quota.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import { rolloutGuard, schedulingGuard, workloadIdentity } from '../guards/workload.ts';
import { wholeNumber } from '../parameters.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation, type PlanContext } from '../types.ts';

interface BoundsParams {
  readonly [key: string]: unknown;
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** Moves minimum and maximum of the autoscaler that owns the replicas. */
export default defineRemediation({
  id: 'fix.k8s.hpa_bounds',
  title: "Change the autoscaler's bounds",
  risk: 'R2',
  verbs: ['k8s.hpa_bounds'],
  manual: {
    about: 'Sets minimum and maximum of the HorizontalPodAutoscaler that owns the replicas. Meant for a while: somebody is reminded of it.',
    example: { minReplicas: 2, maxReplicas: 6 },
    parameters: {
      minReplicas: '1 to {kubernetes.maxReplicas}, and not above maxReplicas',
      maxReplicas: '1 to {kubernetes.maxReplicas}',
    },
    refusals: {
      'no-hpa': 'no autoscaler owns the replicas: scaling is offered instead',
      gitops: 'Argo CD or Flux owns the value: what lasts is named',
      quota: 'a ResourceQuota leaves too little room for the pods',
      'limit-range': 'a LimitRange forbids such pods',
      'rollout-in-progress': 'a rollout of the Deployment is under way',
      paused: 'the rollout is paused',
      unschedulable: 'a pod finds no node already',
      'database-capacity': 'the pools of all pods, and other clients, would exceed 90 % of the connection slots',
    },
    verification: 'The autoscaler is followed until it has taken up its bounds and its pods are there.',
    undo: 'Back to the bounds of before, as a request of its own.',
    stop: 'Back to the bounds of before, at once.',
  },
  params: ({ kubernetes: { maxReplicas: most } }): z.ZodType<BoundsParams> =>
    z
      .object({ minReplicas: wholeNumber(1, most), maxReplicas: wholeNumber(1, most) })
      .refine(({ minReplicas, maxReplicas }) => minReplicas <= maxReplicas, {
        path: ['maxReplicas'],
        message: 'must not be below minReplicas',
      }),
  form: ({ target, params, report }) => ({
    about: `Moves the bounds of the autoscaler of ${target.kubernetes.deployment}. It then adds or removes pods by itself.`,
    closed: null,
    fields: (['minReplicas', 'maxReplicas'] as const).map((name) => ({
      kind: 'integer' as const,
      name,
      label: name === 'minReplicas' ? 'Minimum of replicas' : 'Maximum of replicas',
      hint: `1 to ${target.kubernetes.maxReplicas}`,
      minimum: 1,
      maximum: target.kubernetes.maxReplicas,
      initial: numberOf(params[name]) ?? numberOf(factSeen(report, 'k8s.hpa', name)),
    })),
  }),
  needs: () => ({ deployment, autoscaler, pods, slots, quotas, jobs: jobsSeen }),
  assume: { slots: ENDLESS_SLOTS, quotas: NO_LIMITS },
  plan({ minReplicas: min, maxReplicas: max }, evidence, context) {
    const owner = evidence.autoscaler.data;
    const found = evidence.deployment.data;
    if (owner === null)
      return refuse('no-hpa', `No autoscaler owns the replicas of ${found.name}.`, 'Change the number of replicas instead.', {
        remediation: 'fix.k8s.scale',
        params: { replicas: Math.min(max, 2 * found.replicas) },
      });
    if (owner.minReplicas === min && owner.maxReplicas === max)
      return { kind: 'nothing-to-do', reason: `The bounds of ${owner.name} are ${min} to ${max} already.` };
    const grows = max > owner.maxReplicas || min > owner.currentReplicas;
    const refusal = firstRefusal(
      gitOpsGuard(found, lasting(min, max), context),
      rolloutGuard(found),
      grows ? schedulingGuard(evidence.pods.data) : undefined,
      grows ? capacityGuard(max, found, evidence.slots.data, context.target) : undefined,
      grows ? quotaGuard(evidence.quotas.data, { more: Math.max(0, max - owner.currentReplicas), demand: demandOfPods(found) }) : undefined,
    );
    return refusal ?? { kind: 'act', plan: planFor(found, owner, { minimum: min, maximum: max }, jobsAtRisk(evidence.jobs.data), context) };
  },
  undo: ({ facts }) => {
    const from = z.object({ from: z.object({ minimum: z.int(), maximum: z.int() }) }).safeParse(facts[0]);
    return from.success ? { minReplicas: from.data.from.minimum, maxReplicas: from.data.from.maximum } : undefined;
  },
});

const lasting = (minimum: number, maximum: number) => `set minReplicas: ${minimum} and maxReplicas: ${maximum} of the autoscaler`;

function planFor(
  found: Deployment,
  owner: Autoscaler,
  to: { minimum: number; maximum: number },
  atRisk: readonly string[],
  { target }: PlanContext,
): Draft {
  const from = { minimum: owner.minReplicas, maximum: owner.maxReplicas };
  const { namespace } = target.kubernetes;
  const summary = `Change the bounds of autoscaler ${owner.name} from ${from.minimum}-${from.maximum} to ${to.minimum}-${to.maximum}.`;
  const ends = owner.currentReplicas - to.maximum;
  return {
    risk: 'R2',
    summary,
    identity: workloadIdentity(found),
    steps: [{ verb: 'k8s.hpa_bounds', namespace, name: owner.name, uid: owner.uid, from, to }],
    stepTexts: [summary],
    changes: [],
    touches: [
      ends > 0
        ? `It has ${owner.currentReplicas} pods: ${ends} of them end, with what they are working on.`
        : `It has ${owner.currentReplicas} pods; from now on it keeps between ${to.minimum} and ${to.maximum}.`,
    ],
    warnings: [...(ends > 0 ? atRisk : []), ...ownerWarnings(found, lasting(to.minimum, to.maximum)), ...poolWarnings(found, target)],
    undo: { kind: 'steps', text: `Back to ${from.minimum}-${from.maximum}, with a plan and approvals of its own.` },
    stop: { kind: 'revert', text: `Back to ${from.minimum}-${from.maximum} at once.` },
    temporary: true,
  };
}
