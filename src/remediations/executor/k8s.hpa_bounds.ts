import type { AutoscalerObject, KubernetesWriter, PatchOperation } from '../../clients/kubernetes-write.ts';
import { readBackQuietly, writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepContext, type StepResult, unknown, type VerbRunner } from './verb.ts';

type Bounds = StepOf<'k8s.hpa_bounds'>;

/** Sets minimum and maximum of a HorizontalPodAutoscaler, where they still are what the approver saw. */
export function hpaBoundsVerb(writer: KubernetesWriter): VerbRunner<Bounds> {
  const patch = (step: Bounds, dryRun: boolean) =>
    writer.patchAutoscaler({ namespace: step.namespace, name: step.name, operations: operations(step), dryRun });
  const settle = async (step: Bounds) => {
    const { metadata, spec } = await writer.readAutoscaler(step);
    const now = { minimum: spec.minReplicas, maximum: spec.maxReplicas };
    if (metadata.uid !== step.uid) return unknown(`The HPA ${step.name} was replaced by another one of the same name.`);
    if (same(now, step.to)) return done(`Bounds are ${text(step.to)} (before: ${text(step.from)}).`, factsOf(step));
    if (same(now, step.from)) return notDone(`Bounds are still ${text(step.from)}.`);
    return unknown(`Bounds are ${text(now)}, neither ${text(step.from)} as before nor ${text(step.to)} as planned.`);
  };
  return {
    async preview(step) {
      const { spec } = await patch(step, true);
      const name = `HPA ${step.namespace}/${step.name}`;
      return [
        { field: `${name} spec.minReplicas`, before: String(step.from.minimum), after: String(spec.minReplicas) },
        { field: `${name} spec.maxReplicas`, before: String(step.from.maximum), after: String(spec.maxReplicas) },
      ].filter((change) => change.before !== change.after);
    },
    mark: () => ({}),
    perform: (step, _mark, context) =>
      writeOnce(
        async () => {
          await patch(step, false);
          return done(`Bounds changed from ${text(step.from)} to ${text(step.to)}.`, factsOf(step));
        },
        () => settle(step),
        context,
      ),
    settle,
    follow: (step, context) => followAutoscaler(writer, step, context),
    reverse: (step) => ({ ...step, from: step.to, to: step.from }),
  };
}

function operations(step: Bounds): PatchOperation[] {
  const change = (path: string, before: number, after: number): PatchOperation[] => [
    { op: 'test', path, value: before },
    ...(before === after ? [] : [{ op: 'replace', path, value: after } as const]),
  ];
  return [
    { op: 'test', path: '/metadata/uid', value: step.uid },
    ...change('/spec/minReplicas', step.from.minimum, step.to.minimum),
    ...change('/spec/maxReplicas', step.from.maximum, step.to.maximum),
  ];
}

/** Waits until the autoscaler has taken its new bounds up and the pods it asks for are there. */
async function followAutoscaler(writer: KubernetesWriter, step: Bounds, context: StepContext): Promise<StepResult> {
  const deadline = context.now().getTime() + context.deadlineMs;
  let last = unknown('Nothing could be read of the HPA.');
  while (true) {
    const read = await readBackQuietly(async () => progressOf(await writer.readAutoscaler(step), step));
    if (read.kind === 'done') return read;
    last = read;
    await context.report(`HPA: ${last.text}`);
    if (await context.stopRequested()) return { kind: 'stopped', text: `Stopped. ${last.text}`, facts: {} };
    if (context.now().getTime() >= deadline) return { kind: 'broken', text: `The HPA did not follow in time. ${last.text}`, facts: {} };
    await context.wait(context.pollMs);
  }
}

function progressOf({ status }: AutoscalerObject, step: Bounds): StepResult {
  const { currentReplicas: current, desiredReplicas: desired } = status;
  const within = desired >= step.to.minimum && desired <= step.to.maximum;
  const words = `It has ${current} pods and wants ${desired}, within ${text(step.to)}.`;
  return within && current >= step.to.minimum && current <= step.to.maximum
    ? done(words, { current, desired })
    : notDone(`It has ${current} pods and wants ${desired}; the bounds are ${text(step.to)}.`);
}

const same = (a: Bounds['from'], b: Bounds['from']) => a.minimum === b.minimum && a.maximum === b.maximum;
const text = (bounds: Bounds['from']) => `${bounds.minimum}-${bounds.maximum}`;
const factsOf = (step: Bounds) => ({ from: { ...step.from }, to: { ...step.to } });
