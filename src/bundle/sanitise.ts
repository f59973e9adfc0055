import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Objects of Kubernetes as the bundle keeps them: what may hold a secret by design is not there at all. */

const List = z.looseObject({ items: z.array(z.looseObject({})).default([]) });
/** Copies of a whole object, values of variables included. */
const COPIES = ['kubectl.kubernetes.io/last-applied-configuration'];

export interface KubernetesList {
  readonly apiVersion: string;
  readonly kind: string;
  readonly items: readonly unknown[];
}

/** A list as kubectl prints it: with its kind, and with the kind of each object, which the API leaves out. */
export function listOf(apiVersion: string, kind: string, answer: unknown): KubernetesList {
  const { items } = List.parse(JSON.parse(JSON.stringify(answer)));
  return { apiVersion, kind: `${kind}List`, items: items.map((item) => withoutValues({ apiVersion, kind, ...item })) };
}

/** The object without values of variables (a hash tells whether two are the same) and without copies of itself. */
export function withoutValues(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutValues);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]: [string, unknown]) => {
      if (COPIES.includes(key) || key === 'managedFields') return [];
      return [[key, key === 'env' && Array.isArray(inner) ? inner.map(variable) : withoutValues(inner)]];
    }),
  );
}

const Variable = z.looseObject({ name: z.string(), value: z.string().optional() });

function variable(raw: unknown): unknown {
  const parsed = Variable.safeParse(raw);
  if (!parsed.success || parsed.data.value === undefined) return withoutValues(raw);
  return { ...parsed.data, value: `[removed, hash ${shortHash(parsed.data.value)}]` };
}

/** Of a value that nobody may see: short, so that nothing can be looked up by it, and the same for the same value. */
export function shortHash(value: string): string {
  return createHash('sha256').update(value).digest('hex').slice(0, 8);
}
