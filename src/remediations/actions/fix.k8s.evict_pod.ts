import { z } from 'zod';
import { type Deployment, deployment } from '../../diagnostics/evidence/deployment.ts';
import { type Pod, pods } from '../../diagnostics/evidence/pods.ts';
import { quotas } from '../../diagnostics/evidence/quotas.ts';
import type { Report } from '../../diagnostics/report.ts';
import { count, form, some } from '../../diagnostics/rules/phrases.ts';
import { budgets } from '../evidence/budgets.ts';
import { type PodJobs, podJobs, podJobsSeen } from '../evidence/pod-jobs.ts';
import { budgetGuard } from '../guards/budget.ts';
import { factSeen, textOf } from '../guards/facts-seen.ts';
import { FATE, Jobs, LOSE_JOBS } from '../guards/live-jobs.ts';
import { ownerNotes } from '../guards/owners.ts';
import { demandOfPods, NO_LIMITS, quotaGuard } from '../guards/quota.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import { rolloutGuard, schedulingGuard, workloadIdentity } from '../guards/workload.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation, type PlanContext } from '../types.ts';

interface EvictParams {
  readonly [key: string]: unknown;
  readonly pod: string;
  readonly jobs: Jobs;
}

const PodName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/, 'must be the name of a pod')
  .max(253);
const PodRows = z.array(z.object({ pod: z.string(), state: z.string() }));

/** Lets another pod take the place of a sick one, through the eviction API. */
export default defineRemediation({
  id: 'fix.k8s.evict_pod',
  title: 'Replace one pod',
  risk: 'R2',
  verbs: ['k8s.evict_pod'],
  manual: {
    about:
      'Evicts one pod of the Deployment, so that another one takes its place. Helps where one pod is sick and the others are well. What a PodDisruptionBudget forbids is not done, and the pod is not deleted instead.',
    example: { pod: 'hotswap-api-7d4b9c6f5-x2x7k' },
    parameters: {
      pod: 'the name of a pod of the Deployment',
      jobs: 'keep (refuse while the pod works on a deployment job; the default) or override (lose it)',
    },
    refusals: {
      'too-few-ready': 'fewer ready pods than remediations.evictMinimumReadyPods (2) would remain',
      'disruption-budget': 'the PodDisruptionBudget allows no disruption now',
      'several-budgets': 'several PodDisruptionBudgets hold for the pod: Kubernetes then evicts nothing',
      'live-jobs': 'the pod works on a deployment job, or a job is running of which the table does not say whose it is',
      'rollout-in-progress': 'a rollout of the Deployment is under way',
      paused: 'the rollout is paused',
      unschedulable: 'another pod finds no node already',
      quota: 'a ResourceQuota leaves no room for a pod',
      'limit-range': 'a LimitRange forbids such a pod',
    },
    verification: 'The pod is looked for until it is gone, and the Deployment until all its pods are ready.',
    undo: 'None: nothing of the configuration changes.',
    stop: 'The bot stops waiting; the pod ends and is replaced all the same.',
  },
  params: (): z.ZodType<EvictParams> => z.object({ pod: PodName, jobs: Jobs }),
  form: ({ target, params, report }) => {
    const options = podsSeen(report, textOf(params.pod));
    return {
      about: `Evicts one pod of Deployment ${target.kubernetes.deployment}; another one takes its place.`,
      closed:
        options.length === 0
          ? 'This run saw no pods to choose from. Run `/hotswap diagnose api`, or name one: `/hotswap fix fix.k8s.evict_pod pod=…`.'
          : null,
      fields: [
        {
          ...{ kind: 'choice', name: 'pod', label: 'Pod', hint: 'Another one of the same revision takes its place.', options },
          initial: textOf(params.pod),
        },
        {
          kind: 'choice',
          name: 'jobs',
          label: 'A deployment job that runs in it',
          hint: 'Eviction orphans it: nothing takes a running job up again.',
          options: [
            { value: 'keep', label: 'Do not evict while a job runs in it' },
            { value: 'override', label: 'Evict anyway, and lose it' },
          ],
          initial: textOf(params.jobs) ?? 'keep',
        },
      ],
    };
  },
  needs: ({ pod, jobs }) => ({ deployment, pods, budgets, quotas, jobs: jobs === 'override' ? podJobsSeen(pod) : podJobs(pod) }),
  assume: { quotas: NO_LIMITS, jobs: { held: [], nobodys: [] } },
  plan({ pod: name, jobs }, evidence, context) {
    const found = evidence.deployment.data;
    const all = evidence.pods.data;
    const pod = all.find((one) => one.name === name);
    if (pod === undefined) return { kind: 'nothing-to-do', reason: `${found.name} has no pod ${name} any more.` };
    if (pod.deletedAt !== null) return { kind: 'nothing-to-do', reason: `The pod ${name} ends already.` };
    const refusal = firstRefusal(
      rolloutGuard(found),
      remainingGuard(pod, all, context),
      budgetGuard(evidence.budgets.data, pod),
      jobs === 'override' ? undefined : jobsGuard(name, evidence.jobs.data),
      schedulingGuard(all.filter((one) => one !== pod)),
      quotaGuard(evidence.quotas.data, { more: 0, demand: demandOfPods(found) }),
    );
    return refusal ?? { kind: 'act', plan: planFor(found, pod, jobs === 'override' ? lostJobs(evidence.jobs.data) : [], context) };
  },
});

function remainingGuard(pod: Pod, all: readonly Pod[], { settings }: PlanContext) {
  const remain = all.filter((one) => one !== pod && one.ready && one.deletedAt === null).length;
  const least = settings.evictMinimumReadyPods;
  if (remain >= least) return undefined;
  return refuse(
    'too-few-ready',
    `Without ${pod.name}, ${count(remain, 'ready pod')} ${form(remain, 'remains', 'remain')}; at least ${least} must.`,
    'Scale up first, or restart the pods one after the other instead.',
  );
}

function jobsGuard(pod: string, seen: PodJobs | null) {
  if (seen === null) return undefined;
  const { held, nobodys } = seen;
  const living = [...held, ...nobodys];
  if (living.length === 0) return undefined;
  const whose = held.length > 0 ? `The pod ${pod} works on` : `Nobody can tell which pod works on`;
  const them = form(living.length, 'it', 'them');
  return {
    ...refuse(
      'live-jobs',
      `${whose} ${count(living.length, 'deployment job')} (${some([...living])}) under a lock that has not run out; eviction may orphan ${them}.`,
      `Wait until ${form(living.length, 'it ends', 'they end')}, or ask again with "Evict anyway" (typed: jobs=override) and lose ${them}.`,
    ),
    anyway: LOSE_JOBS,
  };
}

/** The jobs that are lost with the pod, where the plan does not wait for them. */
function lostJobs(seen: PodJobs | null): string[] {
  if (seen === null) return [`Whether the pod works on a deployment job could not be read; one that it works on is lost. ${FATE}`];
  const { held, nobodys } = seen;
  if (held.length + nobodys.length === 0) return ['The pod works on no deployment job now; one that begins before it ends is lost.'];
  return [
    ...(held.length === 0 ? [] : [`LOST JOBS: the pod works on ${count(held.length, 'deployment job')} (${some(held)}).`]),
    ...(nobodys.length === 0
      ? []
      : [
          `${count(nobodys.length, 'deployment job is', 'deployment jobs are')} running in a pod that nobody can tell (${some(nobodys)}): lost if it is this one.`,
        ]),
    FATE,
  ];
}

/** The pods that a report saw, and the one that was asked for before, whether it saw that or not. */
function podsSeen(report: Report | null, asked: string | null) {
  const rows = PodRows.safeParse(factSeen(report, 'k8s.pods', 'states'));
  const seen = rows.success ? rows.data.map(({ pod, state }) => ({ value: pod, label: `${pod} (${state})`.slice(0, 75) })) : [];
  return asked === null || seen.some(({ value }) => value === asked) ? seen : [{ value: asked, label: asked.slice(0, 75) }, ...seen];
}

function planFor(found: Deployment, pod: Pod, lost: readonly string[], { target }: PlanContext): Draft {
  const { namespace } = target.kubernetes;
  const summary = `Evict the pod ${pod.name} of Deployment ${found.name}${pod.node === null ? '' : ` from node ${pod.node}`}.`;
  return {
    risk: 'R2',
    summary,
    identity: workloadIdentity(found),
    steps: [{ verb: 'k8s.evict_pod', namespace, name: pod.name, uid: pod.uid, deployment: found.name }],
    stepTexts: [summary],
    changes: [],
    touches: ['Requests under way in it, its WebSockets and its caches in memory are lost. Another pod takes its place.'],
    warnings: [
      'Its log goes with it: keep what it knows first, where somebody wants to look into it.',
      ...lost,
      ...ownerNotes(found, 'An eviction'),
    ],
    undo: { kind: 'none', text: 'An eviction cannot be undone; another pod takes the place of this one.' },
    stop: { kind: 'hold', text: 'The bot stops waiting; the pod ends and is replaced all the same.' },
    temporary: false,
  };
}
