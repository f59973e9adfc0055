import { z } from 'zod';
import type { Deployment } from '../../diagnostics/evidence/deployment.ts';
import { percent, some } from '../../diagnostics/rules/phrases.ts';
import { largestPoolSize, POOL_SHARE, SMALLEST_POOL } from '../../diagnostics/rules/pool.ts';
import { type PoolVariable, poolVariables } from '../evidence/connection-strings.ts';
import type { Slots } from '../evidence/slots.ts';
import { factSeen, numberOf, textOf } from '../guards/facts-seen.ts';
import { JOBS_PARAMETER, Jobs, jobsField, lostJobs } from '../guards/live-jobs.ts';
import { firstRefusal, refuse } from '../guards/refusal.ts';
import {
  containerOf,
  TEMPLATE_ASSUMPTIONS,
  TEMPLATE_REFUSALS,
  TEMPLATE_UNDONE_WITHOUT,
  TEMPLATE_VERIFICATION,
  templateDraft,
  templateGuard,
  templateNeeds,
} from '../guards/template-change.ts';
import { surgeOf } from '../guards/workload.ts';
import { wholeNumber } from '../parameters.ts';
import type { Draft, Refused } from '../plan.ts';
import { defineRemediation, type PlanContext } from '../types.ts';

interface PoolParams {
  readonly [key: string]: unknown;
  /** Null: the connection string does not say, so that the driver's default holds. Only taking a request back does that. */
  readonly poolSize: number | null;
  readonly variable?: string | undefined;
  readonly jobs: 'keep' | 'override';
}

const MOST = 1_000;

/** Changes how many connections a pod may open, up or down, within what the database has to give. */
export default defineRemediation({
  id: 'fix.k8s.set_pool_size',
  title: 'Change the pool size',
  risk: 'R3',
  verbs: ['k8s.pool_size'],
  manual: {
    about:
      'Rewrites the keyword `Maximum Pool Size` within the connection string of the application’s container, and nothing else of it. Helps where pods wait for a connection while the database has some to spare, or where all pods together may take more than it has. The connection string holds a password: it is read, rewritten and sent back by the executor alone, and nothing of it is shown, stored or logged.',
    example: { poolSize: 15 },
    parameters: {
      poolSize: `connections of one pod: from ${SMALLEST_POOL} to (${POOL_SHARE} x usable slots - connections of others) / (pods at the autoscaler’s maximum + surge)`,
      variable: 'the variable with the connection string, such as ConnectionStrings__PostgreSql; left out: the only one',
      jobs: JOBS_PARAMETER,
    },
    refusals: {
      ...TEMPLATE_REFUSALS,
      'pool-too-small': `it would be below ${SMALLEST_POOL}`,
      'pool-too-large': 'all pods together could take more than the database has to give; the largest size that fits is named',
      'from-secret': 'the connection string comes from a Secret or a ConfigMap; what to change there is said',
      'no-connection-string': 'the container sets none, or none of that name',
      'several-connection-strings': 'it sets several, and which one is meant is not said',
      unreadable: 'the connection string cannot be rewritten for certain; why is said without showing it',
      'only-undo': 'the keyword is taken away only to take a request back',
    },
    verification: TEMPLATE_VERIFICATION,
    undo: 'The size that there was; where the connection string did not say, the keyword is taken away again.',
    stop: 'The size that there was, at once; the pods roll back.',
  },
  params: (): z.ZodType<PoolParams> =>
    z.object({
      poolSize: wholeNumber(1, MOST, { least: SMALLEST_POOL }).nullable(),
      variable: z
        .string()
        .regex(/^ConnectionStrings__\w+$/i, 'must be the variable with the connection string, such as ConnectionStrings__PostgreSql')
        .optional(),
      jobs: Jobs,
    }),
  form: ({ target, params, report }) => ({
    about: `Changes how many connections each pod of ${target.kubernetes.deployment} may open. All its pods are replaced. The connection string itself is never shown.`,
    closed: null,
    fields: [
      {
        ...{ kind: 'integer', name: 'poolSize', label: 'Maximum Pool Size of each pod', minimum: SMALLEST_POOL, maximum: MOST },
        hint: 'As many as fit into the database with all pods; the plan says how many those are.',
        initial: numberOf(params.poolSize) ?? numberOf(factSeen(report, 'app.pool_config', 'poolSize')),
      },
      {
        ...{ kind: 'text', name: 'variable', label: 'Variable with the connection string', maximum: 200, optional: true },
        hint: 'Left empty: the only one.',
        initial: textOf(params.variable),
      },
      jobsField({ params }),
    ],
  }),
  needs: ({ jobs }) => ({ ...templateNeeds({ jobs }), strings: poolVariables }),
  assume: TEMPLATE_ASSUMPTIONS,
  undoneWithout: TEMPLATE_UNDONE_WITHOUT,
  plan(params, evidence, context) {
    const found = evidence.deployment.data;
    const container = containerOf(found, undefined);
    if ('kind' in container) return container;
    const chosen = choose(evidence.strings.data, found, params, context);
    if (chosen.kind === 'refuse') return chosen;
    if (chosen.from === params.poolSize)
      return { kind: 'nothing-to-do', reason: `The pool size of ${chosen.variable} is ${params.poolSize ?? 'not set'} already.` };
    const standard = context.target.application.defaultPoolSize;
    const pods = Math.max(found.replicas, evidence.autoscaler.data?.maxReplicas ?? 0);
    const others = evidence.strings.data.filter(({ variable }) => variable !== chosen.variable);
    const besides = others.reduce(
      (sum, other) => sum + (other.kind === 'literal' && other.pool.kind === 'size' ? other.pool.size : standard),
      0,
    );
    const room = { pods, surge: surgeOf(found, pods), besides };
    const wanted = withPool(found, chosen.variable, params.poolSize);
    const refusal = firstRefusal(
      sizeGuard(params.poolSize, room, evidence.slots.data, context),
      templateGuard(
        { ...evidence, deployment: { ...evidence.deployment, data: wanted } },
        { lasting: lasting(chosen.variable, params), jobs: params.jobs },
        context,
      ),
    );
    return (
      refusal ?? { kind: 'act', plan: planFor(found, container.name, chosen, params, lostJobs(evidence.jobs.data, params.jobs), context) }
    );
  },
  undo: ({ params, facts }) => {
    const done = z.object({ variable: z.string(), from: z.int().nullable() }).safeParse(facts[0]);
    return done.success ? { ...params, poolSize: done.data.from, variable: done.data.variable } : undefined;
  },
});

interface Chosen {
  readonly kind: 'chosen';
  readonly variable: string;
  readonly rest: string;
  readonly from: number | null;
}

/** The connection string that is meant, where it can be rewritten. */
function choose(
  strings: readonly PoolVariable[],
  { name, hasEnvironmentFrom }: Deployment,
  params: PoolParams,
  { target }: PlanContext,
): Chosen | Refused {
  const named = strings.filter(({ variable }) => params.variable === undefined || variable === params.variable);
  const [found, ...others] = named;
  if (found === undefined)
    return refuse(
      'no-connection-string',
      params.variable === undefined
        ? `The Deployment ${name} sets no connection string${hasEnvironmentFrom ? '; one may come with a whole Secret or ConfigMap (envFrom)' : ''}.`
        : `The Deployment ${name} sets no connection string ${params.variable}.`,
      strings.length > 0
        ? `It sets: ${some(
            strings.map(({ variable }) => variable),
            5,
          )}.`
        : inSecret('the Secret that holds it', params, target.kubernetes),
    );
  if (others.length > 0)
    return refuse(
      'several-connection-strings',
      `The Deployment ${name} sets several connection strings: ${some(
        named.map(({ variable }) => variable),
        5,
      )}. Each has a pool of its own.`,
      'Say which one is meant.',
    );
  if (found.kind === 'reference')
    return refuse(
      'from-secret',
      `${found.variable} comes from ${found.from}, which the bot does not read.`,
      inSecret(found.from, params, target.kubernetes),
    );
  const { variable, pool, rest } = found;
  if (rest === null || pool.kind === 'unreadable')
    return refuse(
      'unreadable',
      `The connection string ${variable} cannot be rewritten for certain: ${pool.kind === 'unreadable' ? pool.reason : 'it cannot be read'}.`,
      `Change it by hand: the keyword is "Maximum Pool Size", once, with a number.`,
    );
  return { kind: 'chosen', variable, rest, from: pool.kind === 'size' ? pool.size : null };
}

/** A variable of its own would only restart the pods, and the words of Npgsql's error message are no keyword. */
const inSecret = (where: string, { poolSize }: PoolParams, { namespace, deployment }: PlanContext['target']['kubernetes']) =>
  `In ${where}, write \`Maximum Pool Size=${poolSize ?? ''}\` into the connection string (not "Max Pool Size", which the driver does not know, and not a variable of its own, which has no effect), then \`kubectl --namespace ${namespace} rollout restart deployment/${deployment}\`.`;

interface Room {
  readonly pods: number;
  readonly surge: number;
  readonly besides: number;
}

function sizeGuard(size: number | null, room: Room, { usable, others }: Slots, { undoing }: PlanContext): Refused | undefined {
  if (undoing) return undefined;
  if (size === null)
    return refuse('only-undo', 'The keyword is taken away only to take a request back.', 'Press Undo in the message of that request.');
  if (size < SMALLEST_POOL)
    return refuse(
      'pool-too-small',
      `A pool of ${size} is less than ${SMALLEST_POOL}: requests would wait for one another.`,
      `Ask for at least ${SMALLEST_POOL}.`,
    );
  const most = largestPoolSize({ usable, others, ...room });
  if (size <= most) return undefined;
  const besides = room.besides === 0 ? '' : `, less the ${room.besides} of its other connection strings`;
  return refuse(
    'pool-too-large',
    `A pool of ${size} does not fit: the database gives ${usable} connections, of which pools may ask for ${percent(POOL_SHARE)}, ${others} belong to others, and ${room.pods} pods with ${room.surge} of a rollout share the rest. That is ${Math.max(0, most)} for each${besides}.`,
    most >= SMALLEST_POOL ? `Ask for at most ${most}.` : 'No size fits. Run fewer pods, or give the database more connections.',
  );
}

/** The Deployment as the pool leaves it, which is what the connections of a rollout are counted with. */
function withPool(found: Deployment, variable: string, poolSize: number | null): Deployment {
  return {
    ...found,
    connectionStrings: found.connectionStrings.map((one) => (one.variable === variable ? { ...one, poolSize } : one)),
  };
}

const lasting = (variable: string, { poolSize }: Pick<PoolParams, 'poolSize'>) =>
  `Maximum Pool Size=${poolSize ?? '(none)'} in the connection string ${variable}`;

function planFor(
  found: Deployment,
  container: string,
  { variable, rest, from }: Chosen,
  { poolSize: to }: PoolParams,
  lost: readonly string[],
  context: PlanContext,
): Draft {
  const { namespace } = context.target.kubernetes;
  const standard = `the driver's default, ${context.target.application.defaultPoolSize}`;
  const sizeOf = (size: number | null) => (size === null ? standard : String(size));
  return templateDraft(
    found,
    {
      risk: 'R3',
      summary: `Change the pool size of each pod of ${found.name} from ${sizeOf(from)} to ${sizeOf(to)} (${variable}).`,
      steps: [{ verb: 'k8s.pool_size', namespace, name: found.name, uid: found.uid, container, variable, rest, from, to }],
      warnings: ['While it rolls out, old pods keep their pools beside the new ones.'],
      temporary: false,
      back: `Back to ${sizeOf(from)}`,
      lasting: lasting(variable, { poolSize: to }),
      lost,
    },
    context,
  );
}
