import type { KubernetesWriter } from '../../clients/kubernetes-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import { followRollout } from './rollout.ts';
import { readBackQuietly, writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, notDone, type StepContext, type StepResult, unknown, type VerbRunner } from './verb.ts';

type Evict = StepOf<'k8s.evict_pod'>;

/** Evicts one pod by its uid, as far as its disruption budget allows. What a budget refuses is not done; the pod is never deleted instead. */
export function evictPodVerb(writer: KubernetesWriter): VerbRunner<Evict> {
  const evict = (step: Evict, dryRun: boolean) => writer.evict({ namespace: step.namespace, name: step.name, uid: step.uid, dryRun });
  const settle = async (step: Evict): Promise<StepResult> => {
    const pod = await presentPod(writer, step);
    if (pod === undefined) return done(`The pod ${step.name} is gone.`, factsOf(step));
    return pod.ending
      ? done(`The pod ${step.name} ends.`, factsOf(step))
      : notDone(`The pod ${step.name} is still there, and does not end.`);
  };
  return {
    async preview(step) {
      await evict(step, true);
      return [{ field: `Pod ${step.namespace}/${step.name}`, before: 'runs', after: 'evicted; its ReplicaSet makes another one' }];
    },
    mark: () => ({}),
    perform: (step, _mark, context) =>
      writeOnce(
        async () => {
          await evict(step, false);
          return done(`The pod ${step.name} was evicted.`, factsOf(step));
        },
        () => settle(step),
        context,
      ),
    settle,
    follow: (step, context) => followReplacement(writer, step, context),
  };
}

const factsOf = ({ name, uid }: Evict) => ({ pod: name, uid });

/** The pod, where it is still that one. */
async function presentPod(writer: KubernetesWriter, { namespace, name, uid }: Evict): Promise<{ readonly ending: boolean } | undefined> {
  try {
    const { metadata } = await writer.readPod({ namespace, name });
    if (metadata.uid !== uid) return undefined;
    return { ending: metadata.deletionTimestamp !== null && metadata.deletionTimestamp !== undefined };
  } catch (error) {
    if (error instanceof WriteRefusedError && error.code === 'gone') return undefined;
    throw error;
  }
}

/** Waits until the pod is gone (before that the Deployment's counts may still be those with it), and until its place is taken. */
async function followReplacement(writer: KubernetesWriter, step: Evict, context: StepContext): Promise<StepResult> {
  const deadline = context.now().getTime() + context.deadlineMs;
  while (true) {
    const read = await readBackQuietly(async () =>
      (await presentPod(writer, step)) === undefined ? done('') : unknown(`The pod ${step.name} has not ended yet.`),
    );
    if (read.kind === 'done') break;
    await context.report(read.text);
    if (await context.stopRequested()) return { kind: 'stopped', text: `Stopped. ${read.text}`, facts: {} };
    if (context.now().getTime() >= deadline) return { kind: 'broken', text: `${read.text} It did not end in time.`, facts: {} };
    await context.wait(context.pollMs);
  }
  return await followRollout(writer, { namespace: step.namespace, name: step.deployment }, context);
}
