import { z } from 'zod';
import { autoscaler } from '../../diagnostics/evidence/autoscaler.ts';
import { type Deployment, deployment } from '../../diagnostics/evidence/deployment.ts';
import { pods } from '../../diagnostics/evidence/pods.ts';
import { quotas } from '../../diagnostics/evidence/quotas.ts';
import type { PodDemand } from '../../diagnostics/rules/namespace-limits.ts';
import { some } from '../../diagnostics/rules/phrases.ts';
import type { CollectedOf } from '../../diagnostics/types.ts';
import { ENDLESS_SLOTS, slots } from '../evidence/slots.ts';
import type { Draft, Refused } from '../plan.ts';
import type { PlanContext } from '../types.ts';
import { capacityGuard, poolWarnings } from './capacity.ts';
import { type Jobs, jobsGuard, jobsSource, NO_JOBS } from './live-jobs.ts';
import { gitOpsGuard, ownerWarnings } from './owners.ts';
import { demandOfPods, NO_LIMITS, quotaGuard } from './quota.ts';
import { firstRefusal, refuse } from './refusal.ts';
import { rolloutGuard, schedulingGuard, surgeOf, workloadIdentity } from './workload.ts';

/** What every change of one container of the pod template has in common: it rolls all pods out, as a restart does. */

export const ContainerName = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be the name of a container');

/** The evidence of its guards. */
export const templateNeeds = ({ jobs }: { readonly jobs: Jobs }) => ({
  ...{ deployment, autoscaler, pods, slots, quotas },
  jobs: jobsSource(jobs),
});
export const TEMPLATE_ASSUMPTIONS = { slots: ENDLESS_SLOTS, quotas: NO_LIMITS, jobs: NO_JOBS };
export const TEMPLATE_UNDONE_WITHOUT = ['slots', 'quotas'] as const;

export const TEMPLATE_VERIFICATION = 'The rollout is followed until every pod is new and ready.';

type TemplateEvidence = CollectedOf<ReturnType<typeof templateNeeds>>;

interface ChangeOfTemplate {
  /** What lasts where somebody else owns the Deployment, with its exact value. */
  readonly lasting: string;
  /** What a pod asks for afterwards; left out: as before. */
  readonly demand?: PodDemand;
  readonly jobs: Jobs;
}

/**
 * Refuses what would not roll out, or would hurt while it does. Taking something back is only kept from paused rollouts, and
 * from running jobs: it must be possible just where the pods do not come up.
 */
export function templateGuard(evidence: TemplateEvidence, change: ChangeOfTemplate, context: PlanContext): Refused | undefined {
  const found = evidence.deployment.data;
  const { undoing } = context;
  if (found.replicas === 0)
    return refuse('scaled-to-zero', `${found.name} has no pods that this could help.`, 'Bring it back with `fix.k8s.scale` first.');
  const jobs = jobsGuard(evidence.jobs.data, { what: 'replacing the pods', anyway: 'Begin anyway', jobs: change.jobs }, context);
  if (undoing && !found.paused) return jobs;
  const running = Math.max(found.replicas, evidence.autoscaler.data?.currentReplicas ?? 0);
  const demand = demandOfPods(found);
  return firstRefusal(
    gitOpsGuard(found, change.lasting, { undoing }),
    rolloutGuard(found),
    schedulingGuard(evidence.pods.data),
    jobs,
    capacityGuard(running, found, evidence.slots.data, context.target),
    quotaGuard(evidence.quotas.data, {
      more: surgeOf(found, running),
      demand: change.demand ?? demand,
      replaced: { count: running, demand },
    }),
  );
}

/** Each code that these refuse with, for the manual. */
export const TEMPLATE_REFUSALS = {
  'scaled-to-zero': 'there are no pods',
  'no-container': 'the pod template has no such container, or has several and none is configured (`kubernetes.container`)',
  gitops: 'Argo CD or Flux owns the Deployment and would put the value back',
  paused: 'the rollout is paused',
  'rollout-in-progress': 'a rollout of the Deployment is under way',
  unschedulable: 'a pod finds no node already',
  'live-jobs': 'deployment jobs run under a lock that has not run out, and would be orphaned',
  'database-capacity': 'the pools of all pods, and other clients, would exceed 90 % of the connection slots',
  quota: 'a ResourceQuota leaves no room for the pods that a rollout runs beside the others',
  'limit-range': 'a LimitRange forbids such pods',
};

/** The container that is meant: the named one, or that of the application. */
export function containerOf(found: Deployment, name: string | undefined): Deployment['containers'][number] | Refused {
  const wanted = name ?? found.container;
  const container = found.containers.find((one) => one.name === wanted);
  if (container !== undefined) return container;
  const names = some(
    found.containers.map((one) => one.name),
    10,
  );
  return wanted === null
    ? refuse('no-container', `${found.name} has several containers: ${names}.`, 'Say which one is meant, or set kubernetes.container.')
    : refuse('no-container', `${found.name} has no container ${wanted}.`, `It has: ${names}.`);
}

type TemplateDraft = Pick<Draft, 'risk' | 'summary' | 'steps' | 'warnings' | 'temporary'> & {
  /** Completes "… with a plan and approvals of its own": what the way back leads to. */
  readonly back: string;
  readonly lasting: string;
  /** What is said of the jobs that are lost. */
  readonly lost: readonly string[];
};

/** The plan, with what every rollout touches and warns of. */
export function templateDraft(found: Deployment, draft: TemplateDraft, { target }: PlanContext): Draft {
  const { back, lasting, lost, warnings, ...plan } = draft;
  const reason = found.strategy === 'Recreate' ? 'the strategy is Recreate' : found.replicas === 1 ? 'there is one pod' : undefined;
  return {
    ...plan,
    identity: workloadIdentity(found),
    stepTexts: [plan.summary],
    changes: [],
    touches: [`All ${found.replicas} pods of ${found.name} are replaced: requests under way, WebSockets and caches in memory are lost.`],
    warnings: [
      ...(reason === undefined ? [] : [`DOWNTIME: ${reason}, so nothing answers for a while.`]),
      ...lost,
      ...warnings,
      ...ownerWarnings(found, lasting),
      ...poolWarnings(found, target),
    ],
    undo: { kind: 'steps', text: `${back}, with a plan and approvals of its own. It rolls the pods out again.` },
    stop: { kind: 'revert', text: `${back} at once; the pods roll back.` },
  };
}
