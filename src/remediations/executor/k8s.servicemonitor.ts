import { randomUUID } from 'node:crypto';
import type { KubernetesWriter, MonitorObject } from '../../clients/kubernetes-write.ts';
import { WriteRefusedError } from '../../clients/write-errors.ts';
import { writeOnce } from './settling.ts';
import type { StepOf } from './steps.ts';
import { done, type Mark, notDone, type StepResult, unknown, type VerbRunner } from './verb.ts';

type Create = StepOf<'k8s.create_servicemonitor'>;
type Delete = StepOf<'k8s.delete_servicemonitor'>;

/** Tells whose creation a monitor is: its value is journalled before it is sent. */
const ANNOTATION = 'hotswap-bot/created-by';

/** Makes one ServiceMonitor. Its name is that of the plan, so that there cannot be two, and its mark tells whether it is ours. */
export function createServiceMonitorVerb(writer: KubernetesWriter): VerbRunner<Create> {
  const create = (step: Create, mark: string, dryRun: boolean) =>
    writer.createServiceMonitor({ ...step, annotations: { [ANNOTATION]: mark }, dryRun });
  const settle = async (step: Create, mark: Mark): Promise<StepResult> => {
    const found = await presentMonitor(writer, step);
    if (found === undefined) return notDone(`There is no ServiceMonitor ${step.name}.`);
    return found.metadata.annotations[ANNOTATION] === markedBy(mark)
      ? done(`ServiceMonitor ${step.name} is there.`, factsOf(found))
      : notDone(`There is a ServiceMonitor ${step.name}, which somebody else made.`);
  };
  return {
    async preview(step) {
      const { metadata } = await create(step, 'dry-run', true);
      const labels = Object.entries(step.matchLabels).map(([key, value]) => `${key}=${value}`);
      return [
        {
          field: `ServiceMonitor ${step.namespace}/${metadata.name}`,
          before: '(none)',
          after: `scrapes port "${step.port}" ${step.path} of Services with ${labels.join(',')}`,
        },
      ];
    },
    mark: () => ({ createdBy: randomUUID() }),
    perform: (step, mark, context) =>
      writeOnce(
        async () => done(`ServiceMonitor ${step.name} created.`, factsOf(await create(step, markedBy(mark), false))),
        () => settle(step, mark),
        context,
      ),
    settle,
    follow: async (step) => done(`ServiceMonitor ${step.name} is there; Prometheus takes it up at its next reload.`),
    // taking it back needs the uid, which only the server knows: it is an undo of its own
  };
}

/** Deletes one ServiceMonitor by its uid. */
export function deleteServiceMonitorVerb(writer: KubernetesWriter): VerbRunner<Delete> {
  const remove = (step: Delete, dryRun: boolean) =>
    writer.deleteServiceMonitor({ namespace: step.namespace, name: step.name, uid: step.uid, dryRun });
  const settle = async (step: Delete): Promise<StepResult> => {
    const found = await presentMonitor(writer, step);
    if (found === undefined || found.metadata.uid !== step.uid) return done(`ServiceMonitor ${step.name} is gone.`, { name: step.name });
    return notDone(`ServiceMonitor ${step.name} is still there.`);
  };
  return {
    async preview(step) {
      await remove(step, true);
      return [{ field: `ServiceMonitor ${step.namespace}/${step.name}`, before: 'there', after: '(none)' }];
    },
    mark: () => ({}),
    perform: (step, _mark, context) =>
      writeOnce(
        async () => {
          await remove(step, false);
          return done(`ServiceMonitor ${step.name} deleted.`, { name: step.name });
        },
        () => settle(step),
        context,
      ),
    settle,
    follow: async (step) => {
      const settled = await settle(step);
      return settled.kind === 'not-done' ? unknown(settled.text) : settled;
    },
  };
}

const factsOf = ({ metadata: { name, uid } }: MonitorObject) => ({ name, uid });

function markedBy({ createdBy }: Mark): string {
  if (createdBy === undefined) throw new Error('a creation was journalled without its mark');
  return createdBy;
}

async function presentMonitor(writer: KubernetesWriter, step: Create | Delete): Promise<MonitorObject | undefined> {
  try {
    return await writer.readServiceMonitor({ namespace: step.namespace, name: step.name });
  } catch (error) {
    if (error instanceof WriteRefusedError && error.code === 'gone') return undefined;
    throw error;
  }
}
