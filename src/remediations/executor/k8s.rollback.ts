import type { KubernetesWriter } from '../../clients/kubernetes-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import { podTemplate, TemplateAnswer } from '../../diagnostics/evidence/pod-template.ts';
import { templateDifferences } from '../../diagnostics/rules/template-changes.ts';
import type { Change } from '../plan.ts';
import { deploymentTemplate, templateHash } from '../template-hash.ts';
import { followRollout } from './rollout.ts';
import { writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { otherDifferences } from './template-differences.ts';
import { done, notDone, unknown, type VerbRunner } from './verb.ts';

type Rollback = StepOf<'k8s.rollback'>;
type Template = Awaited<ReturnType<KubernetesWriter['readTemplate']>>['spec']['template'];

const REVISION_PATH = '/metadata/annotations/deployment.kubernetes.io~1revision';

/**
 * Puts the pod template of a recorded revision back, as `kubectl rollout undo` does. The templates may hold secrets in
 * literal variables: they are read, compared by hash and written here in memory, and nothing of them is handed on but what
 * may be seen of a template. The patch tests the uid, the revision and the whole template that it replaces.
 */
export function rollbackVerb(writer: KubernetesWriter): VerbRunner<Rollback> {
  const find = async (step: Rollback): Promise<{ current: Template; target: Template }> => {
    const [deployment, replicaSet] = await Promise.all([
      writer.readTemplate(step),
      writer.readRevision({ namespace: step.namespace, name: step.replicaSet }),
    ]);
    const current = deployment.spec.template;
    const target = deploymentTemplate(replicaSet.spec.template);
    if (deployment.metadata.uid !== step.uid) throw changed(`the Deployment ${step.name} was replaced by another one of the same name`);
    if (templateHash(current) !== step.before) throw changed(`the pod template of ${step.name} is not the one of revision ${step.from}`);
    const owned = replicaSet.metadata.ownerReferences.some(({ uid }) => uid === step.uid);
    if (replicaSet.metadata.uid !== step.replicaSetUid || !owned || templateHash(target) !== step.template)
      throw changed(`ReplicaSet ${step.replicaSet} is not what revision ${step.revision} was`);
    return { current, target };
  };
  const patch = async (step: Rollback, { current, target }: { current: Template; target: Template }, dryRun: boolean) => {
    const operations = [
      { op: 'test' as const, path: '/metadata/uid', value: step.uid },
      { op: 'test' as const, path: REVISION_PATH, value: String(step.from) },
      { op: 'test' as const, path: '/spec/template', value: current },
      { op: 'replace' as const, path: '/spec/template', value: target },
    ];
    try {
      return await writer.patchTemplate({ namespace: step.namespace, name: step.name, operations, dryRun });
    } catch (error) {
      throw withoutWords(error);
    }
  };
  const settle = async (step: Rollback) => {
    const { metadata, spec } = await writer.readTemplate(step);
    if (metadata.uid !== step.uid) return unknown(`The Deployment ${step.name} was replaced by another one of the same name.`);
    const hash = templateHash(spec.template);
    if (hash === step.template) return done(`The pod template is that of revision ${step.revision}.`, factsOf(step));
    if (hash === step.before) return notDone(`The pod template is still that of revision ${step.from}.`);
    return unknown(`The pod template is neither that of revision ${step.from} nor that of revision ${step.revision}: somebody changed it.`);
  };
  return {
    async preview(step) {
      const found = await find(step);
      const { spec } = await patch(step, found, true);
      return [revisionChange(step), ...differences(step, found.current, spec.template)];
    },
    mark: () => ({}),
    async perform(step, _mark, context) {
      const found = await find(step).catch((error: unknown) => (error instanceof Error ? error : new Error('unknown error')));
      if (found instanceof Error) return notDone(`Nothing was done: ${found.message}`);
      return writeOnce(
        async () => {
          await patch(step, found, false);
          return done(`Pod template of revision ${step.revision} put back; its pods roll out.`, factsOf(step));
        },
        () => settle(step),
        context,
      );
    },
    settle,
    follow: (step, context) => followRollout(writer, step, context),
  };
}

const factsOf = ({ from, revision }: Rollback) => ({ from, to: revision });
const changed = (what: string) => new WriteRefusedError('precondition', `What the plan was made for has changed: ${what}.`);

/** A server may quote the template that it refuses, with the secrets in it. */
function withoutWords(error: unknown): unknown {
  if (!(error instanceof WriteRefusedError) || !['precondition', 'refused'].includes(error.code)) return error;
  return new WriteRefusedError(error.code, 'The words of the API server are not shown, because they may quote a secret.');
}

const revisionChange = (step: Rollback): Change => ({
  field: `Deployment ${step.namespace}/${step.name} pod template`,
  before: `revision ${step.from}`,
  after: `revision ${step.revision}`,
});

function differences(step: Rollback, before: Template, after: Template): Change[] {
  const seen = templateDifferences(seenOf(before), seenOf(after)).map(({ field, container, before: from, after: to }) => ({
    field: `container ${container}${field === null ? '' : ` ${field}`}`,
    before: from ?? '(none)',
    after: to ?? '(none)',
  }));
  const others = otherDifferences(before, after).map((field) => ({
    field,
    before: `as in revision ${step.from}`,
    after: `as in revision ${step.revision}`,
  }));
  return [...seen, ...others];
}

const seenOf = (template: Template) => podTemplate(TemplateAnswer.parse(template));
