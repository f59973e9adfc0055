import { z } from 'zod';
import { autoscaler } from '../../diagnostics/evidence/autoscaler.ts';
import { type Deployment, deployment } from '../../diagnostics/evidence/deployment.ts';
import { quotas } from '../../diagnostics/evidence/quotas.ts';
import { some } from '../../diagnostics/rules/phrases.ts';
import { templateChanges } from '../../diagnostics/rules/template-changes.ts';
import { jobsSeen } from '../evidence/jobs-seen.ts';
import { type Revision, revisions } from '../evidence/revisions.ts';
import { factSeen, numberOf } from '../guards/facts-seen.ts';
import { lostJobs } from '../guards/live-jobs.ts';
import { gitOpsGuard, ownerWarnings } from '../guards/owners.ts';
import { NO_LIMITS, quotaGuard } from '../guards/quota.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import { pausedGuard, rollsOut, surgeOf, unseenGuard, workloadIdentity } from '../guards/workload.ts';
import { wholeNumber } from '../parameters.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation, type PlanContext } from '../types.ts';

/** More than any rollout history has. */
const MOST = 1_000_000;

interface RollbackParams {
  readonly [key: string]: unknown;
  readonly revision: number;
}

/** Puts a recorded revision back. It is the way out of a rollout that does not get anywhere, so that one in progress does not stop it. */
export default defineRemediation({
  id: 'fix.k8s.rollback',
  title: 'Go back to an earlier revision',
  risk: 'R3',
  verbs: ['k8s.rollback'],
  manual: {
    about:
      'Puts the pod template of a recorded revision back, as `kubectl rollout undo` does. Helps where a release brought the trouble, also while it is still rolling out. Migrations of the database are not taken back by it.',
    example: { revision: 6 },
    parameters: { revision: 'a revision of which there is still a ReplicaSet (revisionHistoryLimit)' },
    refusals: {
      'no-revision': 'the present revision cannot be told',
      'revision-gone': 'there is no ReplicaSet of that revision any more',
      'same-template': 'the two revisions do not differ',
      'not-seen-yet': 'the controller has not seen the last change of the Deployment yet',
      paused: 'the rollout is paused',
      gitops: 'Argo CD or Flux owns the template: what lasts is named',
      quota: 'a ResourceQuota leaves too little room for the pods (a warning while a rollout is in progress)',
      'limit-range': 'a LimitRange forbids such pods (a warning while a rollout is in progress)',
    },
    verification: 'The rollout is followed until every pod is of the template that was put back, and ready.',
    undo: 'Forward again to the revision that was left, as a request of its own.',
    stop: 'The bot stops waiting; Kubernetes finishes the rollout.',
  },
  params: (): z.ZodType<RollbackParams> => z.object({ revision: wholeNumber(1, MOST) }),
  form: ({ target, params, report }) => ({
    about: `Puts the pod template of an earlier revision of Deployment ${target.kubernetes.deployment} back. R3: two approvals.`,
    closed: null,
    fields: [
      {
        kind: 'integer',
        name: 'revision',
        label: 'Revision',
        hint: `kubectl rollout history deployment/${target.kubernetes.deployment} lists them`,
        minimum: 1,
        maximum: MOST,
        initial: numberOf(params.revision) ?? numberOf(factSeen(report, 'k8s.replicasets', 'previousRevision')),
      },
    ],
  }),
  needs: () => ({ deployment, revisions, autoscaler, quotas, jobs: jobsSeen }),
  assume: { quotas: NO_LIMITS, autoscaler: null },
  plan({ revision }, evidence, context) {
    const found = evidence.deployment.data;
    const known = evidence.revisions.data;
    const current = known.find((one) => one.revision === found.revision);
    const target = known.find((one) => one.revision === revision);
    if (found.revision === revision) return { kind: 'nothing-to-do', reason: `${found.name} is at revision ${revision} already.` };
    const notSeen = firstRefusal(pausedGuard(found), unseenGuard(found));
    if (notSeen !== undefined) return notSeen;
    if (current === undefined)
      return refuse('no-revision', `The present revision of ${found.name} cannot be told.`, 'Look at `kubectl rollout history`.');
    if (target === undefined)
      return refuse(
        'revision-gone',
        `Revision ${revision} of ${found.name} is not kept any more. Kept: ${some(
          known.map((one) => String(one.revision)),
          10,
        )}.`,
        'Choose one of those, or release the older version anew.',
      );
    if (target.hash === current.hash)
      return refuse('same-template', `Revisions ${current.revision} and ${revision} do not differ.`, 'Choose another revision.');
    const room = quotaGuard(evidence.quotas.data, {
      more: surgeOf(found, Math.max(found.replicas, evidence.autoscaler.data?.currentReplicas ?? 0)),
      demand: target.template,
      replaced: { count: found.counts.replicas, demand: current.template },
    });
    const refusal = firstRefusal(gitOpsGuard(found, lasting(current, target), context), rollsOut(found) ? undefined : room);
    if (refusal !== undefined) return refusal;
    const warnings =
      room === undefined ? [] : [`${room.refusal.reason} It may not finish before the pods of revision ${current.revision} end.`];
    return { kind: 'act', plan: planFor(found, { current, target }, [...warnings, ...lostJobs(evidence.jobs.data, 'override')], context) };
  },
  undo: ({ facts }) => {
    const from = z.object({ from: z.int() }).safeParse(facts[0]);
    return from.success ? { revision: from.data.from } : undefined;
  },
});

interface Move {
  readonly current: Revision;
  readonly target: Revision;
}

function planFor(found: Deployment, { current, target }: Move, warnings: readonly string[], context: PlanContext): Draft {
  const { namespace } = context.target.kubernetes;
  const way = target.revision > current.revision ? 'forward' : 'back';
  const changes = some(templateChanges(current.template, target.template), 6) || 'nothing of images, variables, resources or probes';
  const summary = `Take Deployment ${found.name} from revision ${current.revision} ${way} to revision ${target.revision}.`;
  return {
    risk: 'R3',
    summary,
    identity: workloadIdentity(found),
    steps: [
      {
        verb: 'k8s.rollback',
        ...{ namespace, name: found.name, uid: found.uid },
        ...{ from: current.revision, before: current.hash },
        ...{ revision: target.revision, replicaSet: target.replicaSet, replicaSetUid: target.uid, template: target.hash },
      },
    ],
    stepTexts: [`${summary} That changes: ${changes}.`],
    changes: [],
    touches: ['Each pod is replaced: requests under way, WebSockets and caches in memory are lost.'],
    warnings: [
      'MIGRATIONS of the database are not taken back by this. Make sure that the older version works with the schema of today.',
      ...(rollsOut(found) ? [`A rollout of revision ${current.revision} is in progress; this ends it.`] : []),
      ...(found.strategy === 'Recreate' || found.replicas === 1 ? ['DOWNTIME: all pods end before the new ones answer.'] : []),
      ...warnings,
      ...ownerWarnings(found, lasting(current, target)),
    ],
    undo: {
      kind: 'steps',
      text: `To revision ${current.revision} again, with a plan and approvals of its own, as long as Kubernetes keeps it.`,
    },
    stop: { kind: 'hold', text: 'The bot stops waiting; Kubernetes finishes the rollout that has begun.' },
    temporary: false,
  };
}

const lasting = ({ revision, template }: Revision, target: Revision) =>
  `revert what brought revision ${revision} (${some(templateChanges(target.template, template), 4) || 'it differs in what is not shown'})`;
