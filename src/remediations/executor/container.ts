import type { ContainerObject, DeploymentObject, KubernetesWriter, PatchOperation } from '../../clients/kubernetes-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import type { Change } from '../plan.ts';
import { followRollout } from './rollout.ts';
import { writeOnce } from './settling.ts';
import type { Step } from './steps.ts';
import { done, type Facts, notDone, type StepResult, unknown, type VerbRunner } from './verb.ts';

type ContainerStep = Extract<Step, { container: string }>;

/** What a verb says of the container that it changes. All of it is pure. */
export interface ContainerChange<S extends ContainerStep> {
  /** Whether the container is as before the step, as after it, or neither. */
  state(step: S, container: ContainerObject): 'before' | 'after' | 'other';
  /**
   * The change itself, with a `test` of exactly what it overwrites; paths begin at the container. It is only asked where
   * `state` says `before`.
   */
  operations(step: S, container: ContainerObject): readonly PatchOperation[];
  /** What of the container may be shown, by the name of the field. */
  shown(step: S, container: ContainerObject): ReadonlyMap<string, string>;
  /** "memory limit 512Mi -> 768Mi", for sentences that end with it. */
  text(step: S): string;
  facts(step: S): Facts;
  reverse(step: S): S;
  /** The object holds a secret at the place of the change: the words of the API server are not handed on. */
  readonly secret?: boolean;
}

interface Found {
  readonly container: ContainerObject;
  readonly operations: readonly PatchOperation[];
}

/**
 * A verb that changes one container of a Deployment's pod template, which rolls its pods out. The patch tests the uid of the
 * Deployment, the generation that was read a moment before (so that a variable that is not there cannot have been added),
 * the name of the container at its place, and exactly the values that it overwrites.
 */
export function containerVerb<S extends ContainerStep>(writer: KubernetesWriter, change: ContainerChange<S>): VerbRunner<S> {
  const send = async (step: S, { operations }: Found, dryRun: boolean): Promise<DeploymentObject> => {
    try {
      return await writer.patchDeployment({ namespace: step.namespace, name: step.name, operations, dryRun });
    } catch (error) {
      throw change.secret === true ? withoutWords(error) : error;
    }
  };
  const settle = async (step: S): Promise<StepResult> => {
    const deployment = await writer.readDeployment(step);
    if (deployment.metadata.uid !== step.uid) return unknown(`The Deployment ${step.name} was replaced by another one of the same name.`);
    const container = containersOf(deployment).find(({ name }) => name === step.container);
    if (container === undefined) return unknown(`The Deployment ${step.name} has no container ${step.container} any more.`);
    const state = change.state(step, container);
    if (state === 'after') return done(`Container ${step.container}: ${change.text(step)}.`, change.facts(step));
    if (state === 'before') return notDone(`Container ${step.container} is as it was before.`);
    return unknown(`Container ${step.container} is neither as before nor as planned (${change.text(step)}): somebody else changed it.`);
  };
  return {
    async preview(step) {
      const found = await find(writer, step, change);
      const after = containersOf(await send(step, found, true)).find(({ name }) => name === step.container);
      return after === undefined ? [] : differences(change.shown(step, found.container), change.shown(step, after), step);
    },
    mark: () => ({}),
    async perform(step, _mark, context) {
      const found = await find(writer, step, change).catch((error: unknown) =>
        error instanceof Error ? error : new Error('unknown error'),
      );
      if (found instanceof Error) return notDone(`Nothing was done: ${found.message}`);
      return writeOnce(
        async () => {
          await send(step, found, false);
          return done(`Container ${step.container}: ${change.text(step)}. Its pods roll out.`, change.facts(step));
        },
        () => settle(step),
        context,
      );
    },
    settle,
    follow: (step, context) => followRollout(writer, step, context),
    reverse: change.reverse,
  };
}

const containersOf = ({ spec }: DeploymentObject) => spec.template.spec.containers;

/** The container as it is now, and the patch for it. @throws WriteRefusedError where it is not what the step was planned for. */
async function find<S extends ContainerStep>(writer: KubernetesWriter, step: S, change: ContainerChange<S>): Promise<Found> {
  const deployment = await writer.readDeployment(step);
  const containers = containersOf(deployment);
  const index = containers.findIndex(({ name }) => name === step.container);
  const container = containers[index];
  if (deployment.metadata.uid !== step.uid) throw changed(`the Deployment ${step.name} was replaced by another one of the same name`);
  if (container === undefined) throw changed(`the Deployment ${step.name} has no container ${step.container} any more`);
  if (change.state(step, container) !== 'before') throw changed(`container ${step.container} is not as it was when this was planned`);
  const base = `/spec/template/spec/containers/${index}`;
  return {
    container,
    operations: [
      { op: 'test', path: '/metadata/uid', value: step.uid },
      { op: 'test', path: '/metadata/generation', value: deployment.metadata.generation },
      { op: 'test', path: `${base}/name`, value: step.container },
      ...change.operations(step, container).map((operation) => ({ ...operation, path: `${base}${operation.path}` })),
    ],
  };
}

const changed = (what: string) => new WriteRefusedError('precondition', `What the plan was made for has changed: ${what}.`);

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>, step: ContainerStep): Change[] {
  const fields = [...new Set([...before.keys(), ...after.keys()])];
  return fields.flatMap((field) => {
    const [from, to] = [before.get(field) ?? NOT_SET, after.get(field) ?? NOT_SET];
    return from === to
      ? []
      : [{ field: `Deployment ${step.namespace}/${step.name} container ${step.container} ${field}`, before: from, after: to }];
  });
}

export const NOT_SET = '(not set)';

/** A server may quote the object that it refuses. */
function withoutWords(error: unknown): Error {
  if (error instanceof WriteRefusedError)
    return new WriteRefusedError(error.code, 'The words of the API server are not shown, because they may quote a secret.');
  return new Error('The Kubernetes API did not answer as expected. Its words are not shown, because they may quote a secret.');
}
