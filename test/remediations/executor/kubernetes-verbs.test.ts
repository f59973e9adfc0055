import { describe, expect, it } from 'vitest';
import { connectKubernetesWriter } from '../../../src/clients/kubernetes-write.ts';
import { hpaBoundsVerb } from '../../../src/remediations/executor/k8s.hpa_bounds.ts';
import { restartVerb } from '../../../src/remediations/executor/k8s.restart.ts';
import { scaleVerb } from '../../../src/remediations/executor/k8s.scale.ts';
import { runnerOf } from '../../../src/remediations/executor/runner.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { available, startCluster } from '../../support/cluster.ts';
import { until } from '../../support/service-database.ts';
import { stepContext } from '../support/step-context.ts';

async function world(options: Parameters<typeof startCluster>[0]) {
  const cluster = await startCluster(options);
  const writer = connectKubernetesWriter({ kubeconfig: cluster.kubeconfigPath, context: 'bot-fix', timeoutMs: 3_000 });
  const deployment = () => {
    const found = cluster.get('deployments', 'default', 'hotswap-api');
    if (found === undefined) throw new Error('no Deployment');
    return found;
  };
  const { uid, generation } = deployment().metadata;
  return {
    cluster,
    writer,
    deployment,
    workload: { namespace: 'default', name: 'hotswap-api', uid: uid ?? '' },
    generation: generation ?? 0,
  };
}

describe('scaling', () => {
  it('shows the change first without making it, makes it, and follows the rollout', async () => {
    const { cluster, writer, deployment, workload } = await world({ replicas: 2 });
    const verb = scaleVerb(writer);
    const step: StepOf<'k8s.scale'> = { verb: 'k8s.scale', ...workload, from: 2, to: 4 };
    expect(await verb.preview(step)).toMatchObject([{ before: '2', after: '4' }]);
    expect(deployment().spec.replicas).toBe(2);
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'done', facts: { from: 2, to: 4 } });
    expect(await verb.follow(step, stepContext())).toMatchObject({ kind: 'done' });
    expect(available(cluster)).toBe(4);
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done' });
  });

  it('ends zero replicas and goes back there, where the scale of the API leaves the number out', async () => {
    const { cluster, writer, deployment, workload } = await world({ replicas: 1 });
    cluster.patch('deployments', 'default', 'hotswap-api', { spec: { replicas: 0 } });
    const verb = scaleVerb(writer);
    const step: StepOf<'k8s.scale'> = { verb: 'k8s.scale', ...workload, from: 0, to: 2 };
    expect(await verb.preview(step)).toMatchObject([{ before: '0', after: '2' }]);
    expect(deployment().spec.replicas).toBe(0);
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'done', facts: { from: 0, to: 2 } });
    expect(await verb.follow(step, stepContext())).toMatchObject({ kind: 'done' });
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await verb.perform({ ...step, from: 2, to: 0 }, {}, stepContext())).toMatchObject({ kind: 'done', facts: { from: 2, to: 0 } });
    expect(deployment().spec.replicas).toBe(0);
  });

  it('cannot hit what it was not planned for', async () => {
    const { cluster, writer, deployment, workload } = await world({ replicas: 2 });
    const verb = scaleVerb(writer);
    const step: StepOf<'k8s.scale'> = { verb: 'k8s.scale', ...workload, from: 2, to: 4 };
    expect(await verb.perform({ ...step, uid: 'another' }, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    cluster.patch('deployments', 'default', 'hotswap-api', { spec: { replicas: 3 } });
    const result = await verb.perform(step, {}, stepContext());
    expect(result).toMatchObject({ kind: 'not-done', text: expect.stringContaining('has changed') });
    expect(deployment().spec.replicas).toBe(3);
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'unknown' });
  });

  it('is refused where the identity may not', async () => {
    const { cluster, deployment, workload } = await world({ replicas: 2 });
    const reader = connectKubernetesWriter({ kubeconfig: cluster.kubeconfigPath, context: 'bot', timeoutMs: 3_000 });
    const result = await scaleVerb(reader).perform({ verb: 'k8s.scale', ...workload, from: 2, to: 4 }, {}, stepContext());
    expect(result).toMatchObject({ kind: 'not-done', text: expect.stringContaining('not allowed') });
    expect(deployment().spec.replicas).toBe(2);
  });

  it('lets go of the rollout when somebody presses Stop, and at the deadline', async () => {
    const { cluster, writer, workload } = await world({ replicas: 2 });
    const verb = scaleVerb(writer);
    const step: StepOf<'k8s.scale'> = { verb: 'k8s.scale', ...workload, from: 2, to: 4 };
    cluster.apply({ apiVersion: 'v1', kind: 'ResourceQuota', metadata: { name: 'pods' }, spec: { hard: { pods: '2' } } });
    await verb.perform(step, {}, stepContext());
    expect(await verb.follow(step, stepContext({ stopRequested: async () => true }))).toMatchObject({ kind: 'stopped' });
    expect(await verb.follow(step, stepContext({ deadlineMs: 200 }))).toMatchObject({ kind: 'broken' });
  });
});

describe('restarting', () => {
  it('restarts once, with a time that was written down before', async () => {
    const { cluster, writer, workload, generation } = await world({ replicas: 2 });
    const verb = restartVerb(writer);
    const step: StepOf<'k8s.restart'> = { verb: 'k8s.restart', ...workload, generation };
    const before = cluster.list('pods', 'default').map(({ metadata }) => metadata.name);
    await verb.preview(step);
    expect(cluster.get('deployments', 'default', 'hotswap-api')?.metadata.generation).toBe(generation);
    const mark = verb.mark(new Date('2026-11-23T10:00:00.000Z'));
    expect(await verb.settle(step, mark, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await verb.perform(step, mark, stepContext())).toMatchObject({ kind: 'done' });
    expect(await verb.follow(step, stepContext())).toMatchObject({ kind: 'done' });
    expect(await verb.settle(step, mark, stepContext())).toMatchObject({ kind: 'done' });
    await until(() => cluster.list('pods', 'default').every(({ metadata }) => !before.includes(metadata.name)), 'all pods are new');
    expect(await verb.perform(step, verb.mark(new Date()), stepContext())).toMatchObject({ kind: 'not-done' });
  });
});

describe('changing the bounds of an autoscaler', () => {
  it.each([
    ['autoscaling/v2', []],
    ['autoscaling/v1, before Kubernetes 1.23', ['autoscaling/v2']],
  ])('tests both old values and changes only what differs (%s)', async (_, notServed) => {
    const { cluster, writer } = await world({ replicas: 2, bounds: [2, 4], notServed });
    const uid = cluster.get('horizontalpodautoscalers', 'default', 'hotswap-api')?.metadata.uid ?? '';
    const verb = hpaBoundsVerb(writer);
    const step: StepOf<'k8s.hpa_bounds'> = {
      verb: 'k8s.hpa_bounds',
      ...{ namespace: 'default', name: 'hotswap-api', uid },
      from: { minimum: 2, maximum: 4 },
      to: { minimum: 3, maximum: 8 },
    };
    expect(await verb.preview(step)).toHaveLength(2);
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(await verb.follow(step, stepContext())).toMatchObject({ kind: 'done' });
    expect(cluster.get('horizontalpodautoscalers', 'default', 'hotswap-api')?.spec).toMatchObject({ minReplicas: 3, maxReplicas: 8 });
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
  });
});

describe('a step', () => {
  it('is refused where its remediation did not declare its verb, or its port is not configured', async () => {
    const { writer, workload } = await world({ replicas: 1 });
    const step: StepOf<'k8s.scale'> = { verb: 'k8s.scale', ...workload, from: 1, to: 2 };
    const ports = { kubernetes: writer, sessions: undefined, indexes: undefined, rows: undefined, statistics: undefined, vault: undefined };
    expect(() => runnerOf(step, ['k8s.restart'], ports)).toThrow('does not declare');
    const terminate: StepOf<'pg.terminate'> = {
      verb: 'pg.terminate',
      pid: 1,
      backendStart: '2026-11-23T10:00:00.000000Z',
      roles: ['hotswap'],
      minimumIdleSeconds: 1,
    };
    expect(() => runnerOf(terminate, ['pg.terminate'], ports)).toThrow('fixUrlFrom');
  });
});
