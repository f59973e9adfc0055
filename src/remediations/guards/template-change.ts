import { z } from 'zod';
import { autoscaler } from '../../diagnostics/evidence/autoscaler.ts';
import { type Deployment, deployment } from '../../diagnostics/evidence/deployment.ts';
import { pods } from '../../diagnostics/evidence/pods.ts';
import { quotas } from '../../diagnostics/evidence/quotas.ts';
import type { PodDemand } from '../../diagnostics/rules/namespace-limits.ts';
import { count, form, some } from '../../diagnostics/rules/phrases.ts';
import type { CollectedOf } from '../../diagnostics/types.ts';
import { jobsNotAsked } from '../evidence/jobs-not-asked.ts';
import { liveJobs } from '../evidence/live-jobs.ts';
import { ENDLESS_SLOTS, slots } from '../evidence/slots.ts';
import type { Field } from '../form.ts';
import type { Draft, Refused } from '../plan.ts';
import type { FormContext, PlanContext } from '../types.ts';
import { capacityGuard, poolWarnings } from './capacity.ts';
import { textOf } from './facts-seen.ts';
import { gitOpsGuard, ownerWarnings } from './owners.ts';
import { demandOfPods, NO_LIMITS, quotaGuard } from './quota.ts';
import { firstRefusal, refuse } from './refusal.ts';
import { rolloutGuard, schedulingGuard, surgeOf, workloadIdentity } from './workload.ts';

/** What every change of one container of the pod template has in common: it rolls all pods out, as a restart does. */

export const Jobs = z.enum(['keep', 'override']).default('keep');
type Jobs = z.output<typeof Jobs>;

export const ContainerName = z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be the name of a container');

/** The evidence of its guards. */
export const templateNeeds = ({ jobs }: { readonly jobs: Jobs }) => ({
  ...{ deployment, autoscaler, pods, slots, quotas },
  jobs: jobs === 'override' ? jobsNotAsked : liveJobs,
});
export const TEMPLATE_ASSUMPTIONS = { slots: ENDLESS_SLOTS, quotas: NO_LIMITS, jobs: { live: 0 } };

export const JOBS_PARAMETER = 'keep (refuse while deployment jobs run; the default) or override (lose them)';
export const TEMPLATE_VERIFICATION = 'The rollout is followed until every pod is new and ready.';

export const jobsField = ({ params }: Pick<FormContext, 'params'>): Field => ({
  kind: 'choice',
  name: 'jobs',
  label: 'Deployment jobs that are running',
  hint: 'All pods are replaced, which orphans them: nothing takes a running job up again.',
  options: [
    { value: 'keep', label: 'Do not begin while a job runs' },
    { value: 'override', label: 'Begin anyway, and lose them' },
  ],
  initial: textOf(params.jobs) ?? 'keep',
});

type TemplateEvidence = CollectedOf<ReturnType<typeof templateNeeds>>;

interface ChangeOfTemplate {
  /** What lasts where somebody else owns the Deployment, with its exact value. */
  readonly lasting: string;
  /** What a pod asks for afterwards; left out: as before. */
  readonly demand?: PodDemand;
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
  if (undoing && !found.paused) return jobsGuard(evidence.jobs.data.live, REPLACING, context);
  const running = Math.max(found.replicas, evidence.autoscaler.data?.currentReplicas ?? 0);
  const demand = demandOfPods(found);
  return firstRefusal(
    gitOpsGuard(found, change.lasting, { undoing }),
    rolloutGuard(found),
    schedulingGuard(evidence.pods.data),
    jobsGuard(evidence.jobs.data.live, REPLACING, context),
    capacityGuard(running, found, evidence.slots.data, context.target),
    quotaGuard(evidence.quotas.data, {
      more: surgeOf(found, running),
      demand: change.demand ?? demand,
      replaced: { count: running, demand },
    }),
  );
}

/** `what` would orphan jobs; `anyway` is the choice of the form that lets them be lost. */
interface EndOfPods {
  readonly what: string;
  readonly anyway: string;
}

const REPLACING: EndOfPods = { what: 'replacing the pods', anyway: 'Begin anyway' };

/** Refuses what ends all pods while deployment jobs run in them. Whoever takes something back cannot choose to lose them. */
export function jobsGuard(live: number, { what, anyway }: EndOfPods, { undoing }: Pick<PlanContext, 'undoing'>): Refused | undefined {
  if (live === 0) return undefined;
  const them = form(live, 'it', 'them');
  return {
    ...refuse(
      'live-jobs',
      `${count(live, 'deployment job is', 'deployment jobs are')} running under a lock that has not run out; ${what} would orphan ${them}.`,
      undoing
        ? `Wait until ${form(live, 'it ends', 'they end')}, then press Undo again.`
        : `Wait until ${form(live, 'it ends', 'they end')}, or ask again with "${anyway}" (typed: jobs=override) and lose ${them}.`,
    ),
    anyway: LOSE_JOBS,
  };
}

/** The choice with which jobs that are running do not stand in the way. */
export const LOSE_JOBS = { jobs: 'override' } as const;

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
  readonly jobs: Jobs;
};

/** The plan, with what every rollout touches and warns of. */
export function templateDraft(found: Deployment, draft: TemplateDraft, { target }: PlanContext): Draft {
  const { back, lasting, jobs, warnings, ...plan } = draft;
  const reason = found.strategy === 'Recreate' ? 'the strategy is Recreate' : found.replicas === 1 ? 'there is one pod' : undefined;
  return {
    ...plan,
    identity: workloadIdentity(found),
    stepTexts: [plan.summary],
    changes: [],
    touches: [`All ${found.replicas} pods of ${found.name} are replaced: requests under way, WebSockets and caches in memory are lost.`],
    warnings: [
      ...(reason === undefined ? [] : [`DOWNTIME: ${reason}, so nothing answers for a while.`]),
      ...warnings,
      ...(jobs === 'override' ? ['The requester chose to lose deployment jobs that are running; they were not looked at.'] : []),
      ...ownerWarnings(found, lasting),
      ...poolWarnings(found, target),
    ],
    undo: { kind: 'steps', text: `${back}, with a plan and approvals of its own. It rolls the pods out again.` },
    stop: { kind: 'revert', text: `${back} at once; the pods roll back.` },
  };
}
