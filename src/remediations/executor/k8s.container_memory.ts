import type { ContainerObject, KubernetesWriter, PatchOperation } from '../../clients/kubernetes-write.ts';
import { parseQuantity } from '../../diagnostics/rules/quantity.ts';
import { type ContainerChange, containerVerb, NOT_SET } from './container.ts';
import type { StepOf } from './steps.ts';
import type { VerbRunner } from './verb.ts';

type MemoryStep = StepOf<'k8s.container_memory'>;
type Memory = MemoryStep['from'];

/** Sets the memory limit of one container, and its request where that changes. */
export function containerMemoryVerb(writer: KubernetesWriter): VerbRunner<MemoryStep> {
  return containerVerb(writer, CHANGE);
}

const CHANGE: ContainerChange<MemoryStep> = {
  state: ({ from, to }, container) => (holds(container, to) ? 'after' : holds(container, from) ? 'before' : 'other'),
  operations: ({ from, to }, { resources: { limits, requests } }) => [
    ...replace('limits', limits.memory ?? null, to.limit),
    ...(same(from.request, to.request) ? [] : replace('requests', requests.memory ?? null, to.request, Object.keys(requests).length === 0)),
  ],
  shown: (_, { resources: { limits, requests } }) =>
    new Map([
      ['resources.limits.memory', limits.memory ?? NOT_SET],
      ['resources.requests.memory', requests.memory ?? NOT_SET],
    ]),
  text: ({ from, to }) =>
    [
      `memory limit ${from.limit} -> ${to.limit}`,
      ...(same(from.request, to.request) ? [] : [`memory request ${from.request ?? NOT_SET} -> ${to.request ?? NOT_SET}`]),
    ].join(', '),
  facts: ({ from, to }) => ({ from, to }),
  reverse: (step) => ({ ...step, from: step.to, to: step.from }),
};

function holds({ resources: { limits, requests } }: ContainerObject, { limit, request }: Memory): boolean {
  return same(limits.memory ?? null, limit) && same(requests.memory ?? null, request);
}

/** The API server may write a quantity in another way than it was given: 1024Mi becomes 1Gi. */
function same(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return a === b || parseQuantity(a) === parseQuantity(b);
}

function replace(kind: 'limits' | 'requests', present: string | null, to: string | null, first = false): PatchOperation[] {
  const path = `/resources/${kind}/memory`;
  if (present === null)
    return to === null ? [] : [first ? { op: 'add', path: `/resources/${kind}`, value: { memory: to } } : { op: 'add', path, value: to }];
  return [{ op: 'test', path, value: present }, to === null ? { op: 'remove', path } : { op: 'replace', path, value: to }];
}
