import {
  AppsV1Api,
  CoreV1Api,
  DiscoveryV1Api,
  EventsV1Api,
  KubeConfig,
  PatchStrategy,
  setHeaderOptions,
  Watch,
} from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { deploymentOf, eventually, rolledOut, service, type TestCluster, testCluster } from './cluster.ts';

const strategicPatch = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);
const restart = { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } } } } };

function condition(cluster: TestCluster, type: string) {
  return cluster.kubernetes.get('deployments', 'default', 'hotswap-api')?.status.conditions?.find((item) => item.type === type);
}

describe('rollouts', () => {
  it('replaces every pod on a restart and never has too few or too many', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(4));
    await rolledOut(cluster, 4);
    const core = cluster.client('admin', CoreV1Api);
    const before = (await core.listNamespacedPod({ namespace: 'default' })).items.map((pod) => pod.metadata?.name);
    const ready: number[] = [];
    const sizes: number[] = [];
    const seen = setInterval(() => {
      const pods = cluster.kubernetes.list('pods', 'default').filter(({ metadata }) => metadata.deletionTimestamp === undefined);
      sizes.push(pods.length);
      ready.push(pods.filter(({ status }) => status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True')).length);
    }, 5);
    await cluster.client('admin', AppsV1Api).patchNamespacedDeployment({ ...service, body: restart }, strategicPatch);
    await rolledOut(cluster, 4);
    clearInterval(seen);
    expect(Math.min(...ready)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(5);
    const after = await eventually(
      async () => (await core.listNamespacedPod({ namespace: 'default', labelSelector: 'app in (hotswap-api),pod-template-hash' })).items,
      (items) => items.length === 4,
    );
    expect(after.filter((pod) => before.includes(pod.metadata?.name))).toEqual([]);
    const { items: replicaSets } = await cluster.client('admin', AppsV1Api).listNamespacedReplicaSet({ namespace: 'default' });
    const revisions = replicaSets.map((item) => [item.metadata?.annotations?.['deployment.kubernetes.io/revision'], item.spec?.replicas]);
    expect(revisions.sort()).toEqual([
      ['1', 0],
      ['2', 4],
    ]);
    expect(condition(cluster, 'Progressing')).toMatchObject({ status: 'True', reason: 'NewReplicaSetAvailable' });
    expect(condition(cluster, 'Available')).toMatchObject({ status: 'True', reason: 'MinimumReplicasAvailable' });
  });

  it('is at rest when nothing happens', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(2));
    cluster.kubernetes.apply({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: service,
      spec: { selector: { app: 'hotswap-api' }, ports: [{ port: 80 }] },
    });
    cluster.kubernetes.apply({
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: service,
      spec: { minAvailable: 1, selector: {} },
    });
    await rolledOut(cluster, 2);
    const kinds = ['deployments', 'replicasets', 'pods', 'endpoints', 'endpointslices', 'poddisruptionbudgets', 'events'] as const;
    const versions = () =>
      kinds.flatMap((kind) => cluster.kubernetes.list(kind).map(({ metadata }) => `${kind} ${metadata.resourceVersion}`));
    let last = { versions: versions().join(), since: Date.now() };
    const restedMs = () => {
      if (versions().join() !== last.versions) last = { versions: versions().join(), since: Date.now() };
      return Date.now() - last.since;
    };
    await eventually(restedMs, (ms) => ms > 300);
  });

  it('says that a rollout is overdue, keeps enough old pods, and recovers by going back', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(3, { progressDeadlineSeconds: 60 }));
    await rolledOut(cluster, 3);
    cluster.runtime.startsReady = false;
    cluster.kubernetes.patch('deployments', 'default', 'hotswap-api', restart);
    await eventually(
      () => condition(cluster, 'Progressing'),
      (item) => item?.reason === 'ProgressDeadlineExceeded',
    );
    const deployment = cluster.kubernetes.get('deployments', 'default', 'hotswap-api');
    expect(deployment?.status).toMatchObject({ availableReplicas: 3, updatedReplicas: 1, unavailableReplicas: 1 });
    cluster.runtime.startsReady = true;
    cluster.kubernetes.patch('deployments', 'default', 'hotswap-api', { spec: { template: { metadata: { annotations: null } } } });
    await rolledOut(cluster, 3);
    await eventually(
      () => condition(cluster, 'Progressing'),
      (item) => item?.reason === 'NewReplicaSetAvailable',
    );
    expect(cluster.kubernetes.get('deployments', 'default', 'hotswap-api')?.metadata.annotations).toMatchObject({
      'deployment.kubernetes.io/revision': '3',
    });
  });

  it('pulls an image that is missing again and again', async () => {
    let missing = true;
    await using cluster = await testCluster({ registries: () => (missing ? 'not-found' : undefined) });
    cluster.kubernetes.apply(deploymentOf(1, {}, { image: 'hotswap-api:9' }));
    const reason = () => cluster.kubernetes.list('pods')[0]?.status.containerStatuses?.[0]?.state.waiting?.reason;
    await eventually(reason, (seen) => seen === 'ErrImagePull');
    await eventually(reason, (seen) => seen === 'ImagePullBackOff');
    expect(condition(cluster, 'Available')).toMatchObject({ status: 'False', reason: 'MinimumReplicasUnavailable' });
    missing = false;
    await rolledOut(cluster, 1);
  });

  it('says why pods cannot be created when a quota is used up', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'small', namespace: 'default' },
      spec: { hard: { pods: '2' } },
    });
    cluster.kubernetes.apply(deploymentOf(3));
    const failure = await eventually(
      () => condition(cluster, 'ReplicaFailure'),
      (item) => item !== undefined,
    );
    expect(failure).toMatchObject({ status: 'True', reason: 'FailedCreate' });
    expect(failure?.message).toMatch(
      /^pods "hotswap-api-\w+-\w{5}" is forbidden: exceeded quota: small, requested: pods=1, used: pods=2, limited: pods=2$/,
    );
    const events = await cluster.client('admin', EventsV1Api).listNamespacedEvent({ namespace: 'default' });
    expect(events.items.map((event) => event.reason)).toContain('FailedCreate');
    const quota = await cluster.client('admin', CoreV1Api).readNamespacedResourceQuota({ name: 'small', namespace: 'default' });
    expect(quota.status).toEqual({ hard: { pods: '2' }, used: { pods: '2' } });
  });

  it('says why a pod cannot be scheduled, with a new-style event', async () => {
    await using cluster = await testCluster({ nodes: [{ name: 'tiny', cpu: '1', memory: '64Mi' }] });
    cluster.kubernetes.apply(deploymentOf(1));
    const find = async () => {
      const { items } = await cluster.client('admin', EventsV1Api).listNamespacedEvent({ namespace: 'default' });
      return items.find((event) => event.reason === 'FailedScheduling');
    };
    const event = await eventually(find, (found) => found !== undefined);
    expect(event?.note).toBe('0/1 nodes are available: 1 Insufficient memory.');
    expect(event?.eventTime).not.toBeNull();
    expect(event?.deprecatedLastTimestamp).toBeNull();
  });

  it('keeps endpoints and endpoint slices to what is ready', async () => {
    await using cluster = await testCluster();
    const ports = [{ name: 'http', port: 80, targetPort: 8080 }];
    cluster.kubernetes.apply({ apiVersion: 'v1', kind: 'Service', metadata: service, spec: { selector: { app: 'hotswap-api' }, ports } });
    cluster.kubernetes.apply(deploymentOf(2));
    await rolledOut(cluster, 2);
    const discovery = cluster.client('admin', DiscoveryV1Api);
    const ready = async () => {
      const labelSelector = 'kubernetes.io/service-name=hotswap-api';
      const { items } = await discovery.listNamespacedEndpointSlice({ namespace: 'default', labelSelector });
      return items.flatMap(({ endpoints }) => endpoints).filter((endpoint) => endpoint?.conditions?.ready === true).length;
    };
    await eventually(ready, (count) => count === 2);
    const [first] = cluster.runtime.containers;
    if (first) first.isReady = false;
    await eventually(ready, (count) => count === 1);
  });

  it('streams what happens to a watch', async () => {
    await using cluster = await testCluster();
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubernetes.kubeconfigPath);
    const seen: string[] = [];
    const watching = await new Watch(config).watch(
      '/apis/apps/v1/namespaces/default/deployments',
      {},
      (phase) => seen.push(phase),
      () => {},
    );
    cluster.kubernetes.apply(deploymentOf(1));
    await rolledOut(cluster, 1);
    cluster.kubernetes.delete('deployments', 'default', 'hotswap-api');
    await eventually(
      () => seen,
      (phases) => phases.at(-1) === 'DELETED',
    );
    expect(seen[0]).toBe('ADDED');
    expect(seen).toContain('MODIFIED');
    watching.abort();
    await eventually(
      () => cluster.kubernetes.list('pods'),
      (pods) => pods.length === 0,
    );
  });
});
