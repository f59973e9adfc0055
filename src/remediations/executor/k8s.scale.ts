import type { KubernetesWriter, PatchOperation } from '../../clients/kubernetes-write.ts';
import { followRollout } from './rollout.ts';
import { writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, unknown, type VerbRunner } from './verb.ts';

type Scale = StepOf<'k8s.scale'>;

/**
 * Sets the replicas of a Deployment through its scale subresource, where they still are what the approver saw. That one leaves
 * a number of 0 out, which then cannot be tested (autoscaling/v1 ScaleSpec, omitempty): from 0 the Deployment itself is patched.
 */
export function scaleVerb(writer: KubernetesWriter): VerbRunner<Scale> {
  const patch = (step: Scale, dryRun: boolean) => {
    const request = { namespace: step.namespace, name: step.name, operations: operations(step), dryRun };
    return step.from === 0 ? writer.patchDeployment(request) : writer.patchScale(request);
  };
  const settle = async (step: Scale) => {
    const { metadata, spec } = await writer.readDeployment(step);
    if (metadata.uid !== step.uid) return unknown(`The Deployment ${step.name} was replaced by another one of the same name.`);
    if (spec.replicas === step.to) return done(`Replicas are ${step.to} (before: ${step.from}).`, { from: step.from, to: step.to });
    if (spec.replicas === step.from) return notDone(`Replicas are still ${step.from}.`);
    return unknown(`Replicas are ${spec.replicas}, neither ${step.from} as before nor ${step.to} as planned.`);
  };
  return {
    async preview(step) {
      const { spec } = await patch(step, true);
      return [
        { field: `Deployment ${step.namespace}/${step.name} spec.replicas`, before: String(step.from), after: String(spec.replicas) },
      ];
    },
    mark: () => ({}),
    perform: (step, _mark, context) =>
      writeOnce(
        async () => {
          const { spec } = await patch(step, false);
          return done(`Replicas set from ${step.from} to ${spec.replicas}.`, { from: step.from, to: spec.replicas });
        },
        () => settle(step),
        context,
      ),
    settle,
    follow: (step, context) => followRollout(writer, step, context),
    reverse: (step) => ({ ...step, from: step.to, to: step.from }),
  };
}

function operations(step: Scale): PatchOperation[] {
  return [
    { op: 'test', path: '/metadata/uid', value: step.uid },
    { op: 'test', path: '/spec/replicas', value: step.from },
    { op: 'replace', path: '/spec/replicas', value: step.to },
  ];
}
