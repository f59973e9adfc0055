import type { KubernetesWriter, PatchOperation } from '../../clients/kubernetes-write.ts';
import { followRollout } from './rollout.ts';
import { objection, writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, type Mark, notDone, unknown, type VerbRunner } from './verb.ts';

type Restart = StepOf<'k8s.restart'>;

const ANNOTATION = 'kubectl.kubernetes.io/restartedAt';

/**
 * Restarts the pods of a Deployment the way `kubectl rollout restart` does. The time that it writes is journalled first, so
 * that reading it back tells whether the restart happened.
 */
export function restartVerb(writer: KubernetesWriter): VerbRunner<Restart> {
  const read = async (step: Restart) => {
    const deployment = await writer.readDeployment(step);
    return { ...deployment, annotations: deployment.spec.template.metadata?.annotations };
  };
  const patch = (step: Restart, restartedAt: string, annotations: Annotations, dryRun: boolean) =>
    writer.patchDeployment({
      namespace: step.namespace,
      name: step.name,
      operations: operations(step, restartedAt, annotations),
      dryRun,
    });
  const settle = async (step: Restart, mark: Mark) => {
    const { metadata, annotations } = await read(step);
    const restartedAt = markedTime(mark);
    if (metadata.uid !== step.uid) return unknown(`The Deployment ${step.name} was replaced by another one of the same name.`);
    if (annotations?.[ANNOTATION] === restartedAt) return done(`Restarted at ${restartedAt}.`, { restartedAt });
    if (metadata.generation === step.generation) return notDone('The Deployment is as it was: it was not restarted.');
    return unknown('The Deployment was changed by somebody else, so whether it was restarted before that cannot be told.');
  };
  return {
    async preview(step) {
      const { annotations } = await read(step);
      const after = await patch(step, 'the time of execution', annotations, true);
      return [
        {
          field: `Deployment ${step.namespace}/${step.name} template annotation ${ANNOTATION}`,
          before: annotations?.[ANNOTATION] ?? '(none)',
          after: after.spec.template.metadata?.annotations?.[ANNOTATION] ?? '(none)',
        },
      ];
    },
    mark: (now) => ({ restartedAt: now.toISOString() }),
    async perform(step, mark, context) {
      const restartedAt = markedTime(mark);
      let annotations: Annotations;
      // Read before the step is confirmed: what takes time must not stand between that and the write.
      const refused = await objection(async () => {
        annotations = (await read(step)).annotations;
      });
      if (refused !== undefined) return refused;
      return writeOnce(
        async () => {
          await patch(step, restartedAt, annotations, false);
          return done(`Restart began at ${restartedAt}.`, { restartedAt });
        },
        () => settle(step, mark),
        context,
      );
    },
    settle,
    follow: (step, context) => followRollout(writer, step, context),
  };
}

type Annotations = Readonly<Record<string, string>> | undefined;

/** The generation counts every change of the spec: somebody who changed the pods since, or restarted them, is not overwritten. */
function operations(step: Restart, restartedAt: string, annotations: Annotations): PatchOperation[] {
  const base = '/spec/template/metadata';
  return [
    { op: 'test', path: '/metadata/uid', value: step.uid },
    { op: 'test', path: '/metadata/generation', value: step.generation },
    annotations === undefined
      ? { op: 'add', path: `${base}/annotations`, value: { [ANNOTATION]: restartedAt } }
      : { op: 'add', path: `${base}/annotations/${ANNOTATION.replaceAll('~', '~0').replaceAll('/', '~1')}`, value: restartedAt },
  ];
}

function markedTime(mark: Mark): string {
  const time = mark.restartedAt;
  if (time === undefined) throw new Error('a restart was journalled without its time');
  return time;
}
