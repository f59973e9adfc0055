import type { ContainerObject, KubernetesWriter, PatchOperation } from '../../clients/kubernetes-write.ts';
import { type ContainerChange, containerVerb, NOT_SET } from './container.ts';
import type { StepOf } from './steps.ts';
import type { VerbRunner } from './verb.ts';

type EnvStep = StepOf<'k8s.container_env'>;

/** Sets, adds or removes variables of one container whose values may be shown. Those that come from elsewhere are never touched. */
export function containerEnvVerb(writer: KubernetesWriter): VerbRunner<EnvStep> {
  return containerVerb(writer, CHANGE);
}

const CHANGE: ContainerChange<EnvStep> = {
  state: ({ variables }, container) => {
    const holds = (value: 'from' | 'to') => variables.every((variable) => held(container, variable.name) === variable[value]);
    return holds('to') ? 'after' : holds('from') ? 'before' : 'other';
  },
  operations: (step, container) => [...set(step, container), ...add(step, container), ...remove(step, container)],
  shown: ({ variables }, container) => new Map(variables.map(({ name }) => [`variable ${name}`, held(container, name) ?? NOT_SET])),
  text: ({ variables }) => variables.map(({ name, from, to }) => `${name} ${from ?? NOT_SET} -> ${to ?? NOT_SET}`).join(', '),
  facts: ({ variables }) => ({ variables: variables.map((variable) => ({ ...variable })) }),
  reverse: (step) => ({ ...step, variables: step.variables.map(({ name, from, to }) => ({ name, from: to, to: from })) }),
};

/** Null: it is not there. Undefined: it comes from elsewhere, or is there twice. */
function held({ env }: ContainerObject, name: string): string | null | undefined {
  const [found, ...others] = env.filter((variable) => variable.name === name);
  if (found === undefined) return null;
  if (others.length > 0 || (found.valueFrom !== undefined && found.valueFrom !== null)) return undefined;
  return found.value ?? '';
}

function set({ variables }: EnvStep, { env }: ContainerObject): PatchOperation[] {
  return variables.flatMap(({ name, to }) => {
    const index = env.findIndex((variable) => variable.name === name);
    if (index < 0 || to === null) return [];
    // An empty value is left out by the API server, so that only its name can be tested.
    const { value } = env[index] ?? {};
    return [...tests(index, name, value), { op: value === undefined ? 'add' : 'replace', path: `/env/${index}/value`, value: to }];
  });
}

function add({ variables }: EnvStep, { env }: ContainerObject): PatchOperation[] {
  const wanted = variables.flatMap(({ name, to }) => (to === null || env.some((one) => one.name === name) ? [] : [{ name, value: to }]));
  if (wanted.length > 0 && env.length === 0) return [{ op: 'add', path: '/env', value: wanted }];
  return wanted.map((value) => ({ op: 'add', path: '/env/-', value }));
}

/** From the last to the first, so that no place moves before its turn. */
function remove({ variables }: EnvStep, { env }: ContainerObject): PatchOperation[] {
  return env
    .map((variable, index) => ({ ...variable, index }))
    .filter(({ name }) => variables.some((one) => one.name === name && one.to === null))
    .reverse()
    .flatMap(({ name, value, index }) => [...tests(index, name, value), { op: 'remove', path: `/env/${index}` }]);
}

const tests = (index: number, name: string, value: string | undefined): PatchOperation[] => [
  { op: 'test', path: `/env/${index}/name`, value: name },
  ...(value === undefined ? [] : [{ op: 'test' as const, path: `/env/${index}/value`, value }]),
];
