import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { deployment } from '../../diagnostics/evidence/deployment.ts';
import { type PoolSetting, poolSetting, withoutPool } from '../../diagnostics/rules/connection-string.ts';
import { defineSource } from '../../diagnostics/types.ts';
import { valueHash } from '../value-hash.ts';

const Reference = z.object({ name: z.string().default(''), key: z.string() }).nullish();
const Variable = z.object({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z.object({ secretKeyRef: Reference, configMapKeyRef: Reference }).nullish(),
});
const Answer = z.object({
  spec: z.object({
    template: z.object({ spec: z.object({ containers: z.array(z.object({ name: z.string(), env: z.array(Variable).default([]) })) }) }),
  }),
});

/** A connection string of the application's container: what of it is no secret. */
export type PoolVariable =
  | {
      readonly kind: 'literal';
      readonly variable: string;
      readonly pool: PoolSetting;
      /** Hash of all that it says besides the pool size; null where it cannot be read. */
      readonly rest: string | null;
    }
  | { readonly kind: 'reference'; readonly variable: string /** Where its value comes from, in words. */; readonly from: string };

/** The connection strings of the application's container. Their values end here: what is handed on is the pool size and a hash. */
export const poolVariables = defineSource<readonly PoolVariable[]>({
  id: 'fix.pool-variables',
  title: 'Pool sizes of the connection strings',
  permission: deployment.permission,
  asked: deployment.asked,
  async collect({ target, clients, signal, require }) {
    const { container } = (await require(deployment)).data;
    const { namespace, deployment: name } = target.kubernetes;
    const answer = parseAnswer(Answer, await clients.kubernetes.deployment(namespace, name, signal), 'The Deployment');
    const own = answer.spec.template.spec.containers.find((one) => one.name === container);
    return { data: (own?.env ?? []).filter(({ name: variable }) => /^ConnectionStrings__/i.test(variable)).flatMap(read), complete: true };
  },
});

function read({ name: variable, value, valueFrom }: z.output<typeof Variable>): PoolVariable[] {
  if (valueFrom !== null && valueFrom !== undefined) {
    const { secretKeyRef: secret, configMapKeyRef: map } = valueFrom;
    const from = secret ? `key ${secret.key} of Secret ${secret.name}` : map ? `key ${map.key} of ConfigMap ${map.name}` : 'elsewhere';
    return [{ kind: 'reference', variable, from }];
  }
  // A name in this place that is no connection string has no effect.
  if (value === undefined || !/\b(?:host|server|data source)\s*=/i.test(value)) return [];
  const rest = withoutPool(value);
  return [{ kind: 'literal', variable, pool: poolSetting(value), rest: rest === undefined ? null : valueHash(rest) }];
}
