import { z } from 'zod';
import type { Deployment } from '../../diagnostics/evidence/deployment.ts';
import { replicaSets } from '../../diagnostics/evidence/replicasets.ts';
import { parseQuantity } from '../../diagnostics/rules/quantity.ts';
import { memoryGrowth, NO_GROWTH } from '../evidence/memory-growth.ts';
import { nodeRoom } from '../evidence/node-room.ts';
import { factSeen, textOf } from '../guards/facts-seen.ts';
import { JOBS_PARAMETER, Jobs, jobsField, lostJobs } from '../guards/live-jobs.ts';
import { leakGuard, memoryBoundGuard, raisedBefore } from '../guards/memory.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import {
  ContainerName,
  containerOf,
  TEMPLATE_ASSUMPTIONS,
  TEMPLATE_REFUSALS,
  TEMPLATE_UNDONE_WITHOUT,
  TEMPLATE_VERIFICATION,
  templateDraft,
  templateGuard,
  templateNeeds,
} from '../guards/template-change.ts';
import type { Draft, NothingToDo, Refused } from '../plan.ts';
import { defineRemediation, type PlanContext } from '../types.ts';

interface MemoryParams {
  readonly [key: string]: unknown;
  readonly container?: string | undefined;
  readonly memory: string;
  /** Left out: it stays as it is. Null: the container has none afterwards. */
  readonly request?: string | null | undefined;
  readonly jobs: 'keep' | 'override';
}

const Memory = z.string().regex(/^\d+(?:\.\d+)?(?:[kMGT]i?|Ki)?$/, 'must be an amount of memory, such as 768Mi or 2Gi');

/** Gives one container more memory, within bounds. */
export default defineRemediation({
  id: 'fix.k8s.raise_memory',
  title: 'Raise the memory limit',
  risk: 'R2',
  verbs: ['k8s.container_memory'],
  manual: {
    about:
      'Raises the memory limit of one container, and its request where that is asked for. Helps where containers are killed for their memory without leaking it.',
    example: { container: 'hotswap', memory: '768Mi' },
    parameters: {
      container: 'the container; left out: that of the application',
      memory:
        'the new limit: above the present one, at most twice as much, at most {kubernetes.maxMemory}, and no more than the largest node gives without its daemons (where nodes can be seen)',
      request: 'the new request, at most the limit; left out: it stays',
      jobs: JOBS_PARAMETER,
    },
    refusals: {
      ...TEMPLATE_REFUSALS,
      'no-limit': 'the container has no memory limit',
      'not-more': 'it would be less than now',
      'too-much': 'it is beyond one of the bounds, which is named with its number',
      'request-above-limit': 'the request would be above the limit',
      leak: 'it was raised within `remediations.memoryRaiseAgainHours` already, and memory grows on',
    },
    verification: TEMPLATE_VERIFICATION,
    undo: 'The limit and the request that there were. Somebody is reminded of it.',
    stop: 'The limit and the request that there were, at once; the pods roll back.',
  },
  params: (): z.ZodType<MemoryParams> =>
    z.object({ container: ContainerName.optional(), memory: Memory, request: Memory.nullable().optional(), jobs: Jobs }),
  form: ({ target, params, report }) => {
    const container = textOf(params.container) ?? textOf(factSeen(report, 'k8s.deployment', 'container'));
    const limit = textOf(factSeen(report, 'k8s.deployment', 'memoryLimit'));
    const request = textOf(factSeen(report, 'k8s.deployment', 'memoryRequest'));
    return {
      about: `Raises the memory limit of one container of Deployment ${target.kubernetes.deployment}. All its pods are replaced.`,
      closed: null,
      fields: [
        {
          ...{ kind: 'text', name: 'memory', label: 'Memory limit', maximum: 20, optional: false },
          hint: `Such as 768Mi. ${limit === null ? '' : `It is ${limit} now. `}At most twice as much as now, and at most ${target.kubernetes.maxMemory}.`,
          initial: textOf(params.memory),
        },
        {
          ...{ kind: 'text', name: 'request', label: 'Memory request', maximum: 20, optional: true },
          hint: `Left empty it stays${request === null ? '' : ` ${request}`}. It is what the scheduler reserves, and what an autoscaler measures against.`,
          initial: textOf(params.request),
        },
        {
          ...{ kind: 'text', name: 'container', label: 'Container', maximum: 63, optional: true },
          hint: 'Left empty: the container of the application.',
          initial: container,
        },
        jobsField({ params }),
      ],
    };
  },
  needs: ({ jobs }) => ({ ...templateNeeds({ jobs }), replicaSets, growth: memoryGrowth, room: nodeRoom }),
  assume: { ...TEMPLATE_ASSUMPTIONS, growth: NO_GROWTH },
  undoneWithout: [...TEMPLATE_UNDONE_WITHOUT, 'growth'],
  plan(params, evidence, context) {
    const found = evidence.deployment.data;
    const container = containerOf(found, params.container);
    if ('kind' in container) return container;
    const change = changeOf(container, params, context);
    if ('kind' in change) return change;
    const before = raisedBefore(evidence.replicaSets.data, container.name, context);
    const refusal = firstRefusal(
      memoryBoundGuard(change.from.limit, change.to.limit, evidence.room.data, context),
      context.undoing ? undefined : leakGuard(before, evidence.growth.data),
      templateGuard(
        evidence,
        { lasting: lasting(change.to), demand: demandWith(found, container.name, change.to), jobs: params.jobs },
        context,
      ),
    );
    return (
      refusal ?? { kind: 'act', plan: planFor(found, container.name, change, before, lostJobs(evidence.jobs.data, params.jobs), context) }
    );
  },
  undo: ({ params, facts }) => {
    const done = z.object({ from: z.object({ request: Memory.nullable(), limit: Memory }) }).safeParse(facts[0]);
    return done.success ? { ...params, memory: done.data.from.limit, request: done.data.from.request } : undefined;
  },
});

interface Memory {
  readonly request: string | null;
  readonly limit: string;
}
interface Change {
  readonly from: Memory;
  readonly to: Memory;
}

const bytesOf = (quantity: string) => parseQuantity(quantity) ?? 0;

function changeOf(
  { name, memoryLimit, memoryRequest }: Deployment['containers'][number],
  { memory, request }: MemoryParams,
  { undoing, target }: PlanContext,
): Change | Refused | NothingToDo {
  const { namespace, deployment } = target.kubernetes;
  if (memoryLimit === null)
    return refuse(
      'no-limit',
      `Container ${name} has no memory limit, so none can be raised: it may use what its node has.`,
      `Where pods are evicted or killed, the node is short of memory. To set a limit: \`kubectl --namespace ${namespace} set resources deployment/${deployment} --containers=${name} --limits=memory=${memory}\`.`,
    );
  const from = { request: memoryRequest, limit: memoryLimit };
  const to = { request: request === undefined ? memoryRequest : request, limit: memory };
  const same = bytesOf(from.limit) === bytesOf(to.limit);
  if (
    same &&
    (from.request === to.request || (from.request !== null && to.request !== null && bytesOf(from.request) === bytesOf(to.request)))
  )
    return { kind: 'nothing-to-do', reason: `Container ${name} has the memory limit ${memoryLimit} already.` };
  if (bytesOf(to.limit) < bytesOf(from.limit) && !undoing)
    return refuse('not-more', `${memory} is less than the ${memoryLimit} that container ${name} has.`, 'Ask for more than that.');
  if (to.request !== null && bytesOf(to.request) > bytesOf(to.limit))
    return refuse(
      'request-above-limit',
      `The request ${to.request} would be above the limit ${to.limit}.`,
      'Kubernetes takes no such container. Ask for a request of at most the limit.',
    );
  return { from, to };
}

const lasting = ({ limit, request }: Memory) =>
  `resources.limits.memory: ${limit}${request === null ? '' : `, resources.requests.memory: ${request}`}`;

function demandWith({ containers, initContainers }: Deployment, name: string, { limit, request }: Memory) {
  const raised = containers.map((one) => (one.name === name ? { ...one, memoryLimit: limit, memoryRequest: request } : one));
  return { containers: raised, initContainers };
}

function planFor(
  found: Deployment,
  container: string,
  { from, to }: Change,
  before: ReturnType<typeof raisedBefore>,
  lost: readonly string[],
  context: PlanContext,
): Draft {
  const { namespace } = context.target.kubernetes;
  const request = from.request === to.request ? '' : `, and its request from ${from.request ?? 'none'} to ${to.request ?? 'none'}`;
  const requestOf = (memory: Memory) => (memory.request === null ? '' : ` (request ${memory.request})`);
  return templateDraft(
    found,
    {
      risk: 'R2',
      summary: `Change the memory limit of container ${container} of ${found.name} from ${from.limit} to ${to.limit}${request}.`,
      steps: [{ verb: 'k8s.container_memory', namespace, name: found.name, uid: found.uid, container, from, to }],
      warnings:
        context.undoing || before === undefined
          ? []
          : [`It was raised from ${before.from} to ${before.to} already, ${before.ago} ago. A third time would hide a leak.`],
      temporary: !context.undoing,
      back: `Back to the memory limit ${from.limit}${requestOf(from)}`,
      lasting: lasting(to),
      lost,
    },
    context,
  );
}
