import { describe, expect, it } from 'vitest';
import { connectKubernetesWriter } from '../../../src/clients/kubernetes-write.ts';
import { WriteRefusedError, WriteUncertainError } from '../../../src/clients/write-errors.ts';
import { evictPodVerb } from '../../../src/remediations/executor/k8s.evict_pod.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { available, startCluster } from '../../support/cluster.ts';
import { until } from '../../support/service-database.ts';
import { stepContext } from '../support/step-context.ts';

async function world() {
  const cluster = await startCluster({ replicas: 3 });
  const writer = connectKubernetesWriter({ kubeconfig: cluster.kubeconfigPath, context: 'bot-fix', timeoutMs: 3_000 });
  const [pod, ...others] = cluster.list('pods', 'default').map(({ metadata: { name, uid = '' } }) => ({ name, uid }));
  if (pod === undefined) throw new Error('no pod');
  const step: StepOf<'k8s.evict_pod'> = { verb: 'k8s.evict_pod', namespace: 'default', ...pod, deployment: 'hotswap-api' };
  const uids = () => cluster.list('pods', 'default').map(({ metadata }) => metadata.uid);
  return { cluster, writer, step, others, uids };
}

const budget = (minAvailable: number) => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'hotswap-api' },
  spec: { minAvailable, selector: { matchLabels: { app: 'hotswap-api' } } },
});

describe('evicting a pod', () => {
  it('tries first, evicts that pod alone, and waits for the one in its place', async () => {
    const { cluster, writer, step, others, uids } = await world();
    const verb = evictPodVerb(writer);
    expect(await verb.preview(step)).toMatchObject([{ field: `Pod default/${step.name}` }]);
    expect(uids()).toContain(step.uid);
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'done', facts: { uid: step.uid } });
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(await verb.follow(step, stepContext())).toMatchObject({ kind: 'done' });
    expect(available(cluster)).toBe(3);
    expect(uids()).not.toContain(step.uid);
    expect(uids()).toEqual(expect.arrayContaining(others.map(({ uid }) => uid)));
  });

  it('does not hit another pod of that name', async () => {
    const { writer, step, uids } = await world();
    const before = uids();
    const result = await evictPodVerb(writer).perform({ ...step, uid: 'another' }, {}, stepContext());
    expect(result).toMatchObject({ kind: 'not-done', text: expect.stringContaining('has changed') });
    expect(uids()).toEqual(before);
  });

  it('does nothing where the budget has nothing to spare', async () => {
    const { cluster, writer, step, uids } = await world();
    cluster.apply(budget(3));
    await until(() => cluster.get('poddisruptionbudgets', 'default', 'hotswap-api')?.status.currentHealthy === 3, 'the budget is counted');
    await expect(evictPodVerb(writer).preview(step)).rejects.toThrow('disruption budget');
    expect(await evictPodVerb(writer).perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(uids()).toContain(step.uid);
  });

  it('reads an unanswered eviction back instead of asking again', async () => {
    const { writer, step } = await world();
    let asked = 0;
    const silent = {
      ...writer,
      evict: async (request: Parameters<typeof writer.evict>[0]) => {
        asked += 1;
        await writer.evict(request);
        throw new WriteUncertainError('No answer.');
      },
    };
    expect(await evictPodVerb(silent).perform(step, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(asked).toBe(1);
  });

  it('does not take a pod for gone that it may not look at', async () => {
    const { writer, step } = await world();
    const blind = {
      ...writer,
      readPod: async () => {
        throw new WriteRefusedError('forbidden', 'pods is forbidden');
      },
    };
    await expect(evictPodVerb(blind).settle(step, {}, stepContext())).rejects.toThrow('forbidden');
  });
});
