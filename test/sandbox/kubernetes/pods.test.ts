import { CoreV1Api, CustomObjectsApi } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { deploymentOf, eventually, refusal, rolledOut, type TestCluster, testCluster } from './cluster.ts';

async function onePod(cluster: TestCluster): Promise<string> {
  cluster.kubernetes.apply(deploymentOf(1));
  await rolledOut(cluster, 1);
  return cluster.kubernetes.list('pods')[0]?.metadata.name ?? '';
}

describe('pods', () => {
  it('reads logs by line, time, size and container', async () => {
    await using cluster = await testCluster();
    const name = await onePod(cluster);
    const core = cluster.client('admin', CoreV1Api);
    const pod = { name, namespace: 'default' };
    const container = cluster.runtime.of(name);
    container.lines.length = 0;
    container.say('old', new Date(Date.now() - 600_000));
    container.say('new', new Date('2030-01-01T00:00:00.123Z'));
    expect(await core.readNamespacedPodLog(pod)).toBe('old\nnew\n');
    expect(await core.readNamespacedPodLog({ ...pod, container: 'api', tailLines: 1, timestamps: true })).toBe(
      '2030-01-01T00:00:00.123000000Z new\n',
    );
    expect(await core.readNamespacedPodLog({ ...pod, sinceSeconds: 60 })).toBe('new\n');
    expect(await core.readNamespacedPodLog({ ...pod, limitBytes: 5 })).toBe('old\nn');
    expect(await refusal(core.readNamespacedPodLog({ ...pod, container: 'nope' }))).toMatchObject({
      code: 400,
      body: { message: `container nope is not valid for pod ${name}` },
    });
    expect(await refusal(core.readNamespacedPodLog({ ...pod, previous: true }))).toMatchObject({
      code: 400,
      body: { message: `previous terminated container "api" in pod "${name}" not found` },
    });
  });

  it('restarts a container that was killed, keeps its last state and log, and backs off when it goes on', async () => {
    await using cluster = await testCluster({ timeScale: 10 }); // so that it backs off for a second
    const name = await onePod(cluster);
    cluster.runtime.of(name).kill({ exitCode: 137, reason: 'OOMKilled' });
    const status = () => cluster.kubernetes.get('pods', 'default', name)?.status.containerStatuses?.[0];
    const restarted = await eventually(status, (seen) => seen?.restartCount === 1 && seen.state.running !== undefined);
    expect(restarted?.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
    const core = cluster.client('admin', CoreV1Api);
    expect(await core.readNamespacedPodLog({ name, namespace: 'default', previous: true })).toContain('started as');
    cluster.runtime.of(name).kill({ exitCode: 1 });
    await eventually(status, (seen) => seen?.state.waiting?.reason === 'CrashLoopBackOff');
    expect(await core.readNamespacedPodLog({ name, namespace: 'default' })).toContain('started as');
    await eventually(status, (seen) => seen?.restartCount === 2 && seen.ready);
    const events = (await core.listNamespacedEvent({ namespace: 'default', fieldSelector: `involvedObject.name=${name},reason=BackOff` }))
      .items;
    expect(events[0]?.message).toContain('Back-off restarting failed container api');
  });

  it('evicts no more pods than the disruption budget allows', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(2));
    const metadata = { name: 'hotswap-api', namespace: 'default' };
    const spec = { minAvailable: 2, selector: { matchLabels: { app: 'hotswap-api' } } };
    cluster.kubernetes.apply({ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec });
    await rolledOut(cluster, 2);
    await eventually(
      () => cluster.kubernetes.get('poddisruptionbudgets', 'default', 'hotswap-api')?.status.currentHealthy,
      (count) => count === 2,
    );
    const name = cluster.kubernetes.list('pods')[0]?.metadata.name ?? '';
    const core = cluster.client('admin', CoreV1Api);
    const evict = () =>
      core.createNamespacedPodEviction({ name, namespace: 'default', body: { metadata: { name, namespace: 'default' } } });
    expect(await refusal(evict())).toMatchObject({
      code: 429,
      body: {
        reason: 'TooManyRequests',
        message: "Cannot evict pod as it would violate the pod's disruption budget.",
        details: {
          causes: [{ reason: 'DisruptionBudget', message: 'The disruption budget hotswap-api needs 2 healthy pods and has 2 currently' }],
        },
      },
    });
    cluster.kubernetes.patch('poddisruptionbudgets', 'default', 'hotswap-api', { spec: { minAvailable: 1 } });
    await eventually(
      () => cluster.kubernetes.get('poddisruptionbudgets', 'default', 'hotswap-api')?.status.disruptionsAllowed,
      (count) => count === 1,
    );
    await evict();
    await eventually(
      () => cluster.kubernetes.get('pods', 'default', name),
      (pod) => pod === undefined,
    );
    await rolledOut(cluster, 2);
  });

  it('shows what pods and nodes use', async () => {
    await using cluster = await testCluster();
    cluster.runtime.cpuMillicores = 250;
    const name = await onePod(cluster);
    const custom = cluster.client('admin', CustomObjectsApi);
    const where = { group: 'metrics.k8s.io', version: 'v1beta1', namespace: 'default', plural: 'pods', labelSelector: 'app=hotswap-api' };
    await eventually(
      () => custom.listNamespacedCustomObject(where),
      (list) => list.items.length === 1,
    );
    expect((await custom.listNamespacedCustomObject(where)).items[0]).toMatchObject({
      metadata: { name },
      window: '250ms',
      containers: [{ name: 'api', usage: { cpu: '250000000n', memory: '131072Ki' } }],
    });
    expect(await custom.listClusterCustomObject({ group: 'metrics.k8s.io', version: 'v1beta1', plural: 'nodes' })).toMatchObject({
      kind: 'NodeMetricsList',
    });
  });

  it('resolves the environment of a container and says what is missing', async () => {
    await using cluster = await testCluster();
    const env = [
      { name: 'POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'one' } } },
      { name: 'BOTH', value: '$(POD)/$(KEY)' },
    ];
    cluster.kubernetes.apply(deploymentOf(1, {}, { env }));
    const waiting = () => cluster.kubernetes.list('pods')[0]?.status.containerStatuses?.[0]?.state.waiting;
    const problem = await eventually(waiting, (seen) => seen?.reason === 'CreateContainerConfigError');
    expect(problem?.message).toBe('secret "keys" not found');
    cluster.kubernetes.apply({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', namespace: 'default' },
      data: { one: 'c2VjcmV0' },
    });
    await rolledOut(cluster, 1);
    const [container] = cluster.runtime.containers;
    expect(container?.spec.container.env.BOTH).toBe(`${container?.spec.name}/secret`);
  });
});
