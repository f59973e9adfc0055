import { z } from 'zod';
import type { Deployment } from '../../diagnostics/evidence/deployment.ts';
import { capacityGuard, poolWarnings } from '../guards/capacity.ts';
import { textOf } from '../guards/facts-seen.ts';
import { JOBS_PARAMETER, Jobs, jobsGuard, lostJobs } from '../guards/live-jobs.ts';
import { ownerNotes } from '../guards/owners.ts';
import { demandOfPods, quotaGuard } from '../guards/quota.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import { TEMPLATE_ASSUMPTIONS, TEMPLATE_VERIFICATION, templateNeeds } from '../guards/template-change.ts';
import { rolloutGuard, schedulingGuard, surgeOf, workloadIdentity } from '../guards/workload.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation, type PlanContext } from '../types.ts';

interface RestartParams {
  readonly [key: string]: unknown;
  readonly jobs: Jobs;
}

/** Restarts all pods, one after the other. */
export default defineRemediation({
  id: 'fix.k8s.restart',
  title: 'Restart the pods',
  risk: 'R2',
  verbs: ['k8s.restart'],
  manual: {
    about: 'Replaces every pod, one after the other, as `kubectl rollout restart` does. Helps where the state of a process is the trouble.',
    example: { jobs: 'keep' },
    parameters: { jobs: JOBS_PARAMETER },
    refusals: {
      'scaled-to-zero': 'there are no pods',
      'live-jobs': 'deployment jobs run under a lock that has not run out, and would be orphaned',
      quota: 'a ResourceQuota leaves no room for the pods that a rollout runs beside the others',
      'limit-range': 'a LimitRange forbids such pods',
      'rollout-in-progress': 'a rollout of the Deployment is under way',
      paused: 'the rollout is paused',
      unschedulable: 'a pod finds no node already',
      'database-capacity': 'the pools of all pods, and other clients, would exceed 90 % of the connection slots',
    },
    verification: TEMPLATE_VERIFICATION,
    undo: 'None: nothing of the configuration changes.',
    stop: 'The bot stops waiting; Kubernetes finishes the rollout.',
  },
  params: (): z.ZodType<RestartParams> => z.object({ jobs: Jobs }),
  form: ({ target, params }) => ({
    about: `Restarts every pod of Deployment ${target.kubernetes.deployment}, as \`kubectl rollout restart\` does.`,
    closed: null,
    fields: [
      {
        kind: 'choice',
        name: 'jobs',
        label: 'Deployment jobs that are running',
        hint: 'A restart orphans them: nothing takes a running job up again.',
        options: [
          { value: 'keep', label: 'Do not restart while a job runs' },
          { value: 'override', label: 'Restart anyway, and lose them' },
        ],
        initial: textOf(params.jobs) ?? 'keep',
      },
    ],
  }),
  needs: templateNeeds,
  assume: TEMPLATE_ASSUMPTIONS,
  plan({ jobs }, evidence, context) {
    const found = evidence.deployment.data;
    if (found.replicas === 0) return refuse('scaled-to-zero', `${found.name} has no pods.`, 'There is nothing to restart.');
    const running = Math.max(found.replicas, evidence.autoscaler.data?.currentReplicas ?? 0);
    const refusal = firstRefusal(
      rolloutGuard(found),
      schedulingGuard(evidence.pods.data),
      jobsGuard(evidence.jobs.data, { what: 'a restart', anyway: 'Restart anyway', jobs }, context),
      capacityGuard(running, found, evidence.slots.data, context.target),
      quotaGuard(evidence.quotas.data, { more: surgeOf(found, running), demand: demandOfPods(found) }),
    );
    return refusal ?? { kind: 'act', plan: planFor(found, lostJobs(evidence.jobs.data, jobs), context) };
  },
});

function planFor(found: Deployment, lost: readonly string[], { target }: PlanContext): Draft {
  const { namespace } = target.kubernetes;
  const summary = `Restart the ${found.replicas} pods of Deployment ${found.name}.`;
  const down = found.strategy === 'Recreate' || found.replicas === 1;
  return {
    risk: 'R2',
    summary,
    identity: workloadIdentity(found),
    steps: [{ verb: 'k8s.restart', namespace, name: found.name, uid: found.uid, generation: found.generation }],
    stepTexts: [summary],
    changes: [],
    touches: ['Each pod is replaced: requests under way, WebSockets and caches in memory are lost.'],
    warnings: [
      ...(down
        ? [`DOWNTIME: ${found.strategy === 'Recreate' ? 'the strategy is Recreate' : 'there is one pod'}, so nothing answers for a while.`]
        : []),
      ...lost,
      ...ownerNotes(found, 'A restart'),
      ...poolWarnings(found, target),
    ],
    undo: { kind: 'none', text: 'A restart cannot be undone; the rollout history shows it.' },
    stop: { kind: 'hold', text: 'The bot stops waiting; Kubernetes finishes the rollout that has begun.' },
    temporary: false,
  };
}
