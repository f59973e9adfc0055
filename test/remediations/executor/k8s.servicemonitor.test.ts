import { describe, expect, it } from 'vitest';
import { connectKubernetesWriter } from '../../../src/clients/kubernetes-write.ts';
import { WriteUncertainError } from '../../../src/clients/write-errors.ts';
import { createServiceMonitorVerb, deleteServiceMonitorVerb } from '../../../src/remediations/executor/k8s.servicemonitor.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { startCluster } from '../../support/cluster.ts';
import { stepContext } from '../support/step-context.ts';

const step: StepOf<'k8s.create_servicemonitor'> = {
  verb: 'k8s.create_servicemonitor',
  namespace: 'default',
  name: 'hotswap-api-hotswap-bot',
  labels: { release: 'prometheus-prod' },
  matchLabels: { app: 'hotswap-api' },
  port: 'http',
  path: '/metrics',
};

async function world() {
  const cluster = await startCluster({ replicas: 1 });
  const writer = connectKubernetesWriter({ kubeconfig: cluster.kubeconfigPath, context: 'bot-fix', timeoutMs: 3_000 });
  const monitors = () => cluster.list('servicemonitors', 'default');
  return { cluster, writer, monitors };
}

describe('a ServiceMonitor', () => {
  it('is made once, found by its mark, and deleted by its uid', async () => {
    const { writer, monitors } = await world();
    const verb = createServiceMonitorVerb(writer);
    const mark = verb.mark(new Date());
    expect(await verb.preview(step)).toMatchObject([{ before: '(none)', after: expect.stringContaining('app=hotswap-api') }]);
    expect(monitors()).toEqual([]);
    expect(await verb.settle(step, mark, stepContext())).toMatchObject({ kind: 'not-done' });
    const made = await verb.perform(step, mark, stepContext());
    const [monitor] = monitors();
    expect(made).toMatchObject({ kind: 'done', facts: { name: step.name, uid: monitor?.metadata.uid } });
    expect(await verb.settle(step, mark, stepContext())).toMatchObject({ kind: 'done' });
    expect(await verb.perform(step, verb.mark(new Date()), stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await verb.settle(step, verb.mark(new Date()), stepContext())).toMatchObject({ kind: 'not-done' });
    expect(monitors()).toHaveLength(1);

    const remove = deleteServiceMonitorVerb(writer);
    const back = { verb: 'k8s.delete_servicemonitor' as const, namespace: 'default', name: step.name, uid: monitor?.metadata.uid ?? '' };
    expect(await remove.perform({ ...back, uid: 'another' }, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    await remove.preview(back);
    expect(monitors()).toHaveLength(1);
    expect(await remove.settle(back, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await remove.perform(back, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(await remove.settle(back, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(monitors()).toEqual([]);
  });

  it('of somebody else is never deleted', async () => {
    const { cluster, writer, monitors } = await world();
    cluster.apply({ apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata: { name: 'theirs' }, spec: {} });
    const uid = monitors()[0]?.metadata.uid ?? '';
    const theirs = { verb: 'k8s.delete_servicemonitor' as const, namespace: 'default', name: 'theirs', uid };
    expect(await deleteServiceMonitorVerb(writer).perform(theirs, {}, stepContext())).toMatchObject({
      kind: 'not-done',
      text: expect.stringContaining('not allowed'),
    });
    expect(monitors()).toHaveLength(1);
  });

  it('whose creation was not answered is read back, not made again', async () => {
    const { writer, monitors } = await world();
    const silent = {
      ...writer,
      createServiceMonitor: async (request: Parameters<typeof writer.createServiceMonitor>[0]) => {
        await writer.createServiceMonitor(request);
        throw new WriteUncertainError('No answer.');
      },
    };
    const verb = createServiceMonitorVerb(silent);
    const result = await verb.perform(step, verb.mark(new Date()), stepContext());
    expect(result).toMatchObject({ kind: 'done', facts: { uid: monitors()[0]?.metadata.uid } });
  });
});
