import type { ContainerObject, KubernetesWriter } from '../../clients/kubernetes-write.ts';
import { poolSetting, withoutPool, withPoolSize } from '../../diagnostics/rules/connection-string.ts';
import { valueHash } from '../value-hash.ts';
import { type ContainerChange, containerVerb, NOT_SET } from './container.ts';
import type { StepOf } from './steps.ts';
import type { VerbRunner } from './verb.ts';

type PoolStep = StepOf<'k8s.pool_size'>;

/**
 * Rewrites the pool size within a connection string of one container. The connection string holds a password: it is read
 * with the identity that may change it, rewritten in memory and sent back; nothing of it is shown, journalled or logged.
 */
export function poolSizeVerb(writer: KubernetesWriter): VerbRunner<PoolStep> {
  return containerVerb(writer, CHANGE);
}

const CHANGE: ContainerChange<PoolStep> = {
  secret: true,
  state: (step, container) => {
    const found = find(step, container);
    if (found === undefined) return 'other';
    const size = sizeOf(found.value);
    return size === step.to ? 'after' : size === step.from ? 'before' : 'other';
  },
  operations: (step, container) => {
    const found = find(step, container);
    const rewritten = found && withPoolSize(found.value, step.to);
    if (found === undefined || rewritten === undefined) throw new Error(`the connection string ${step.variable} cannot be rewritten`);
    return [
      { op: 'test', path: `/env/${found.index}/name`, value: step.variable },
      { op: 'test', path: `/env/${found.index}/value`, value: found.value },
      { op: 'replace', path: `/env/${found.index}/value`, value: rewritten },
    ];
  },
  shown: (step, container) => {
    const found = find(step, container);
    const size = found && sizeOf(found.value);
    return new Map([[`variable ${step.variable}, keyword Maximum Pool Size`, typeof size === 'number' ? String(size) : NOT_SET]]);
  },
  text: ({ variable, from, to }) => `Maximum Pool Size ${from ?? NOT_SET} -> ${to ?? NOT_SET} in ${variable}`,
  facts: ({ variable, from, to }) => ({ variable, from, to }),
  reverse: (step) => ({ ...step, from: step.to, to: step.from }),
};

/** The connection string that the step was planned for; undefined where anything but its pool size differs. */
function find({ variable, rest }: PoolStep, { env }: ContainerObject): { readonly index: number; readonly value: string } | undefined {
  const index = env.findIndex(({ name }) => name === variable);
  const found = env[index];
  if (found?.value === undefined || (found.valueFrom !== undefined && found.valueFrom !== null)) return undefined;
  if (env.filter(({ name }) => name === variable).length > 1) return undefined;
  const others = withoutPool(found.value);
  return others !== undefined && valueHash(others) === rest ? { index, value: found.value } : undefined;
}

/** Null: it does not say. Undefined: it cannot be read. */
function sizeOf(value: string): number | null | undefined {
  const pool = poolSetting(value);
  return pool.kind === 'size' ? pool.size : pool.kind === 'unset' ? null : undefined;
}
