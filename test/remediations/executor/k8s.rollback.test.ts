import { describe, expect, it } from 'vitest';
import { connectKubernetesWriter } from '../../../src/clients/kubernetes-write.ts';
import { rollbackVerb } from '../../../src/remediations/executor/k8s.rollback.ts';
import type { StepOf } from '../../../src/remediations/executor/steps.ts';
import { templateHash } from '../../../src/remediations/template-hash.ts';
import { available, startCluster } from '../../support/cluster.ts';
import { until } from '../../support/service-database.ts';
import { stepContext } from '../support/step-context.ts';

const SECRET = 'Host=db;Password=hunter2';

const template = (image: string, secret: string) => ({
  spec: { template: { spec: { containers: [{ name: 'hotswap', image, env: [{ name: 'ConnectionStrings__Db', value: secret }] }] } } },
});

/** hotswap-api with two revisions: the second one has another image and another secret. */
async function world() {
  const cluster = await startCluster({ replicas: 2 });
  const writer = connectKubernetesWriter({ kubeconfig: cluster.kubeconfigPath, context: 'bot-fix', timeoutMs: 3_000 });
  const deployment = () => writer.readTemplate({ namespace: 'default', name: 'hotswap-api' });
  const before = await deployment();
  cluster.patch('deployments', 'default', 'hotswap-api', template('hotswap:2', SECRET));
  const revision = (number: number) =>
    cluster
      .list('replicasets', 'default')
      .find(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'] === String(number));
  await until(() => revision(2) !== undefined && available(cluster) === 2, 'the second revision is rolled out');
  const first = revision(1);
  if (first === undefined) throw new Error('no first revision');
  const step: StepOf<'k8s.rollback'> = {
    verb: 'k8s.rollback',
    ...{ namespace: 'default', name: 'hotswap-api', uid: before.metadata.uid },
    ...{ from: 2, before: templateHash((await deployment()).spec.template) },
    ...{ revision: 1, replicaSet: first.metadata.name, replicaSetUid: first.metadata.uid ?? '' },
    template: templateHash(before.spec.template),
  };
  return { cluster, writer, deployment, step, before };
}

describe('going back to a revision', () => {
  it('shows what differs without a value, puts exactly the old template back, and follows', async () => {
    const { cluster, writer, deployment, step, before } = await world();
    const verb = rollbackVerb(writer);
    const preview = await verb.preview(step);
    expect(preview).toEqual(
      expect.arrayContaining([
        { field: 'Deployment default/hotswap-api pod template', before: 'revision 2', after: 'revision 1' },
        { field: 'container hotswap image', before: 'hotswap:2', after: 'hotswap:1' },
        { field: 'container hotswap variable ConnectionStrings__Db', before: 'set', after: '(none)' },
        { field: 'container hotswap variable ConnectionStrings__PostgreSql', before: '(none)', after: 'set' },
      ]),
    );
    expect(JSON.stringify(preview)).not.toContain('hunter2');
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'done', facts: { from: 2, to: 1 } });
    expect(await verb.follow(step, stepContext())).toMatchObject({ kind: 'done' });
    expect((await deployment()).spec.template).toEqual(before.spec.template);
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'done' });
    expect(await verb.perform(step, {}, stepContext())).toMatchObject({ kind: 'not-done' });
    expect(available(cluster)).toBe(2);
  });

  it('hits nothing but what it was planned for', async () => {
    const { cluster, writer, deployment, step } = await world();
    const verb = rollbackVerb(writer);
    const now = async () => templateHash((await deployment()).spec.template);
    const unchanged = await now();
    for (const other of [{ uid: 'another' }, { replicaSetUid: 'another' }, { template: 'c'.repeat(64) }, { before: 'c'.repeat(64) }]) {
      expect(await verb.perform({ ...step, ...other }, {}, stepContext())).toMatchObject({ kind: 'not-done' });
      expect(await now()).toBe(unchanged);
    }
    cluster.patch('deployments', 'default', 'hotswap-api', template('hotswap:3', SECRET));
    const changed = await now();
    const result = await verb.perform(step, {}, stepContext());
    expect(result).toMatchObject({ kind: 'not-done', text: expect.stringContaining('has changed') });
    expect(await now()).toBe(changed);
    expect(await verb.settle(step, {}, stepContext())).toMatchObject({ kind: 'unknown' });
  });

  it('is not done where somebody changes the template after it was looked at', async () => {
    const { cluster, writer, deployment, step } = await world();
    const context = stepContext({
      confirm: async () => {
        cluster.patch('deployments', 'default', 'hotswap-api', template('hotswap:3', SECRET));
      },
    });
    const result = await rollbackVerb(writer).perform(step, {}, context);
    expect(result.kind).toBe('not-done');
    expect(result.text).not.toContain('hunter2');
    expect(JSON.stringify((await deployment()).spec.template)).toContain('hotswap:3');
  });

  it('does not take what was said of the rollout before it for its own', async () => {
    const { writer, step } = await world();
    const stuck = { type: 'Progressing', status: 'False', reason: 'ProgressDeadlineExceeded' } as const;
    let reads = 0;
    const verb = rollbackVerb({
      ...writer,
      readDeployment: async (name) => {
        const read = await writer.readDeployment(name);
        reads += 1;
        const status = { ...read.status, observedGeneration: read.metadata.generation - 1, conditions: [stuck] };
        return reads === 1 ? { ...read, status } : read;
      },
    });
    await verb.perform(step, {}, stepContext());
    expect(await verb.follow(step, stepContext())).toMatchObject({ kind: 'done' });
  });
});
