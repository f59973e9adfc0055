import { z } from 'zod';
import { count, milliseconds, short } from './rules/phrases.ts';

/**
 * How the service stood when it was well: what people change, small enough to keep. Values of variables are hashes. A part that
 * could not be read is null, and is compared with nothing.
 */
export const Snapshot = z.object({
  deployment: z
    .object({
      image: z.string(),
      revision: z.number().nullable(),
      replicas: z.number(),
      limits: z.string(),
      requests: z.string(),
      pools: z.array(z.object({ variable: z.string(), size: z.number().nullable() })),
      variables: z.array(z.object({ name: z.string(), hash: z.string().nullable(), value: z.string().nullable() })),
    })
    .nullable(),
  autoscaler: z.object({ minReplicas: z.number(), maxReplicas: z.number() }).nullable(),
  /** False: that there is none was seen. */
  hasAutoscaler: z.boolean().nullable(),
  statements: z.array(z.object({ query: z.string(), meanMs: z.number() })).nullable(),
  /** Number of the newest version of the signing key in Vault; null as well where it has no versions. */
  signingKeyVersion: z.number().nullable().default(null),
});

export type Snapshot = Readonly<z.infer<typeof Snapshot>>;

/** What is different between two moments, a sentence each; what one of them does not know is left out. */
export function differences(before: Snapshot, after: Snapshot): string[] {
  return [
    ...(before.deployment === null || after.deployment === null ? [] : deploymentDifferences(before.deployment, after.deployment)),
    ...autoscalerDifferences(before, after),
    ...signingKeyDifferences(before.signingKeyVersion, after.signingKeyVersion),
    ...(before.statements === null || after.statements === null ? [] : statementDifferences(before.statements, after.statements)),
  ];
}

type Stood = NonNullable<Snapshot['deployment']>;

function deploymentDifferences(before: Stood, after: Stood): string[] {
  const changed = (what: string, old: unknown, now: unknown) => (old === now ? [] : [`${what}: ${old} before, ${now} now.`]);
  return [
    ...changed('Image', before.image, after.image),
    ...changed('Revision', before.revision ?? 'not known', after.revision ?? 'not known'),
    ...changed('Replicas', before.replicas, after.replicas),
    ...changed('Limits', before.limits, after.limits),
    ...changed('Requests', before.requests, after.requests),
    ...after.pools.flatMap(({ variable, size }) => {
      const old = before.pools.find((pool) => pool.variable === variable);
      return old === undefined ? [] : changed(`Pool size in ${variable}`, old.size ?? 'the default', size ?? 'the default');
    }),
    ...variableDifferences(before.variables, after.variables),
  ];
}

function variableDifferences(before: Stood['variables'], after: Stood['variables']): string[] {
  const had = new Map(before.map((variable) => [variable.name, variable]));
  const has = new Map(after.map((variable) => [variable.name, variable]));
  const gone = [...had.keys()].filter((name) => !has.has(name)).map((name) => `Variable ${name} is gone.`);
  const other = [...has.values()].flatMap(({ name, hash, value }) => {
    const old = had.get(name);
    if (old === undefined) return [`Variable ${name} is new.`];
    if (old.hash === hash) return [];
    return [
      value === null || old.value === null ? `Variable ${name} has another value.` : `Variable ${name}: ${old.value} before, ${value} now.`,
    ];
  });
  return [...gone, ...other];
}

function autoscalerDifferences(before: Snapshot, after: Snapshot): string[] {
  if (before.hasAutoscaler === null || after.hasAutoscaler === null) return [];
  if (before.hasAutoscaler && !after.hasAutoscaler) return ['The autoscaler is gone.'];
  if (!before.hasAutoscaler && after.hasAutoscaler) return ['An autoscaler is new.'];
  const bounds = ({ autoscaler: scaler }: Snapshot) => (scaler === null ? '' : `${scaler.minReplicas} to ${scaler.maxReplicas}`);
  return bounds(before) === bounds(after) ? [] : [`Autoscaler: ${bounds(before)} replicas before, ${bounds(after)} now.`];
}

function signingKeyDifferences(before: number | null, after: number | null): string[] {
  if (before === null || after === null || before === after) return [];
  return [`Version of the signing key in Vault: ${before} before, ${after} now.`];
}

/** A statement is said to have become slower where it takes this many times what it took, and this much at least. */
const SLOWER_FACTOR = 3;
const SLOW_MS = 50;

function statementDifferences(before: NonNullable<Snapshot['statements']>, after: NonNullable<Snapshot['statements']>): string[] {
  const had = new Map(before.map(({ query, meanMs }) => [query, meanMs]));
  const slow = after.filter(({ meanMs }) => meanMs >= SLOW_MS);
  const fresh = slow.filter(({ query }) => !had.has(query));
  const slower = slow.filter(({ query, meanMs }) => meanMs >= SLOWER_FACTOR * (had.get(query) ?? Number.POSITIVE_INFINITY));
  return [
    ...fresh.map(
      ({ query, meanMs }) =>
        `Among the statements that take the most time is a new one: ${short(query, 100)} (${milliseconds(meanMs)} on average).`,
    ),
    ...slower.map(
      ({ query, meanMs }) =>
        `${short(query, 100)} takes ${milliseconds(meanMs)} on average, ${count(Math.round(meanMs / (had.get(query) ?? meanMs)), 'time')} what it took.`,
    ),
  ];
}
