import { z } from 'zod';
import { type Autoscaler, autoscaler } from '../../diagnostics/evidence/autoscaler.ts';
import { type Deployment, deployment } from '../../diagnostics/evidence/deployment.ts';
import { pods } from '../../diagnostics/evidence/pods.ts';
import { quotas } from '../../diagnostics/evidence/quotas.ts';
import { jobsSeen } from '../evidence/jobs-seen.ts';
import { type ReplicasBefore, replicasBefore } from '../evidence/replicas-before.ts';
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

interface Move {
  readonly from: number;
  readonly to: number;
}

interface ScaleParams {
  readonly [key: string]: unknown;
  readonly replicas: number;
}

/** Changes the number of replicas, where no autoscaler owns them. None switch an autoscaler off: from there it is let be. */
export default defineRemediation({
  id: 'fix.k8s.scale',
  title: 'Change the number of replicas',
  risk: 'R3',
  verbs: ['k8s.scale'],
  manual: {
    about:
      'Sets spec.replicas of the Deployment. Helps where pods are too few for the load; down takes load off the database. From zero it goes to the last number that is known, with the approvals of R3: somebody may have wanted zero.',
    example: { replicas: 4 },
    parameters: {
      replicas: '1 to {kubernetes.maxReplicas}, and at most twice as many as there are; from zero, at most as many as there were before',
    },
    refusals: {
      'hpa-owns-replicas': 'an autoscaler owns the replicas: its bounds are offered instead',
      'to-zero': 'the bot does not switch the service off, other than to take its own request back',
      'outside-bounds': 'from zero, to what the autoscaler would not leave',
      'too-far': 'more than twice the replicas that there are; from zero, more than there were before',
      gitops: 'Argo CD or Flux owns the value: what lasts is named',
      quota: 'a ResourceQuota leaves too little room for the pods',
      'limit-range': 'a LimitRange forbids such pods',
      'rollout-in-progress': 'a rollout of the Deployment is under way',
      paused: 'the rollout is paused',
      unschedulable: 'a pod finds no node already',
      'database-capacity': 'the pools of all pods, and other clients, would exceed 90 % of the connection slots',
    },
    verification: 'The rollout is followed until every pod is ready.',
    undo: 'Back to the replicas of before, as a request of its own.',
    stop: 'Back to the replicas of before, at once.',
  },
  params: (target): z.ZodType<ScaleParams> => z.object({ replicas: wholeNumber(0, target.kubernetes.maxReplicas, { least: 1 }) }),
  form: ({ target, params, report }) => ({
    about: `Sets the replicas of Deployment ${target.kubernetes.deployment}. Up is R1 (one approval), down is R3 (two).`,
    closed: null,
    fields: [
      {
        kind: 'integer',
        name: 'replicas',
        label: 'Replicas',
        hint: `1 to ${target.kubernetes.maxReplicas}, and at most twice as many as now`,
        minimum: 1,
        maximum: target.kubernetes.maxReplicas,
        initial: numberOf(params.replicas) ?? numberOf(factSeen(report, 'k8s.deployment', 'desired')),
      },
    ],
  }),
  needs: () => ({ deployment, autoscaler, pods, slots, quotas, before: replicasBefore, jobs: jobsSeen }),
  assume: { slots: ENDLESS_SLOTS, quotas: NO_LIMITS },
  plan({ replicas: to }, evidence, context) {
    const found = evidence.deployment.data;
    const owner = evidence.autoscaler.data;
    const from = found.replicas;
    if (from === to) return { kind: 'nothing-to-do', reason: `${found.name} has ${to} replicas already.` };
    if (owner !== null && from > 0)
      return refuse(
        'hpa-owns-replicas',
        `The autoscaler ${owner.name} owns the replicas (${owner.minReplicas} to ${owner.maxReplicas}) and would undo this within minutes.`,
        'Change the bounds of the autoscaler instead.',
        {
          remediation: 'fix.k8s.hpa_bounds',
          params: boundsFor(owner, from, to),
        },
      );
    const refusal = firstRefusal(
      gitOpsGuard(found, lasting(to), context),
      rolloutGuard(found),
      distanceGuard({ from, to }, evidence.before.data, owner, context),
      to > from ? schedulingGuard(evidence.pods.data) : undefined,
      to > from ? capacityGuard(to, found, evidence.slots.data, context.target) : undefined,
      to > from ? quotaGuard(evidence.quotas.data, { more: to - from, demand: demandOfPods(found) }) : undefined,
    );
    return refusal ?? { kind: 'act', plan: planFor(found, { from, to }, owner, jobsAtRisk(evidence.jobs.data), context) };
  },
  undo: ({ facts }) => {
    const from = z.object({ from: z.int() }).safeParse(facts[0]);
    return from.success ? { replicas: from.data.from } : undefined;
  },
});

/** How far one may go at once. From zero: to what there was, and to what an autoscaler, which then wakes up, would leave. */
function distanceGuard({ from, to }: Move, before: ReplicasBefore, owner: Autoscaler | null, { undoing }: PlanContext) {
  if (undoing) return undefined;
  if (to === 0) return refuse('to-zero', 'That would switch the service off.', 'The bot does not do that; ask for at least 1.');
  if (from > 0)
    return to > 2 * from
      ? refuse('too-far', `${to} is more than twice the ${from} replicas that there are.`, `Ask for at most ${2 * from}, look, then go on.`)
      : undefined;
  const most = before.replicas ?? owner?.minReplicas ?? 1;
  if (owner !== null && (to < owner.minReplicas || to > owner.maxReplicas))
    return refuse(
      'outside-bounds',
      `The autoscaler ${owner.name} is off at 0 replicas and wakes up with this: it keeps between ${owner.minReplicas} and ${owner.maxReplicas}.`,
      'Ask for a number within its bounds.',
    );
  if (to <= Math.max(most, owner?.minReplicas ?? 1)) return undefined;
  const known =
    before.replicas === null ? 'how many there were before is not recorded' : `there were ${before.replicas} before (${before.source})`;
  return refuse(
    'too-far',
    `There are 0 replicas now, and ${known}: ${to} is more than that.`,
    `Ask for at most ${most}, look, then go on.`,
  );
}

/** What whoever approves an end of nothing should know. */
function zeroWarnings(owner: Autoscaler | null): string[] {
  return [
    'SCALED TO ZERO: somebody may have done that on purpose, such as for maintenance or a migration. Ask before you approve.',
    ...(owner === null
      ? []
      : [
          `The autoscaler ${owner.name} is off at 0 replicas. With this it wakes up, and keeps between ${owner.minReplicas} and ${owner.maxReplicas} by itself.`,
        ]),
  ];
}

/** The least change of the bounds that moves the autoscaler to that many replicas: it chooses freely between them. */
function boundsFor({ minReplicas, maxReplicas }: Autoscaler, from: number, to: number) {
  if (to < minReplicas) return { minReplicas: to, maxReplicas };
  if (to > maxReplicas) return { minReplicas, maxReplicas: to };
  return to > from ? { minReplicas: to, maxReplicas } : { minReplicas, maxReplicas: to };
}

function planFor(
  found: Deployment,
  { from, to }: Move,
  owner: Autoscaler | null,
  atRisk: readonly string[],
  { target }: PlanContext,
): Draft {
  const { namespace } = target.kubernetes;
  const up = to > from;
  const summary = `Scale Deployment ${found.name} from ${from} to ${to} replicas.`;
  return {
    risk: up && from > 0 ? 'R1' : 'R3',
    summary,
    identity: workloadIdentity(found),
    steps: [{ verb: 'k8s.scale', namespace, name: found.name, uid: found.uid, from, to }],
    stepTexts: [summary],
    changes: [],
    touches: [
      up
        ? `${podCount(to - from)} more. Those that run stay as they are.`
        : `${podCount(from - to)} fewer; the requests under way there, and the jobs held there, are lost.`,
    ],
    warnings: [
      ...(up ? [] : atRisk),
      ...(from === 0 ? zeroWarnings(owner) : []),
      ...ownerWarnings(found, lasting(to)),
      ...(up ? poolWarnings(found, target) : []),
    ],
    undo: { kind: 'steps', text: `Scale back to ${from}, with a plan and approvals of its own.` },
    stop: { kind: 'revert', text: `Scale back to ${from} at once.` },
    temporary: false,
  };
}

const lasting = (replicas: number) => `set replicas: ${replicas}`;

const podCount = (count: number) => (count === 1 ? '1 pod' : `${count} pods`);
