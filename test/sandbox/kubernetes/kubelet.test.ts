import { CoreV1Api } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import type { PullProblem } from '../../../sandbox/kubernetes/kubelet/images.ts';
import { deploymentOf, eventually, refusal, rolledOut, type TestCluster, testCluster } from './cluster.ts';

const LIVE = { livenessProbe: { httpGet: { path: '/live', port: 8080 }, periodSeconds: 1 } };

const firstPod = (cluster: TestCluster) => cluster.kubernetes.list('pods')[0];
const firstStatus = (cluster: TestCluster) => firstPod(cluster)?.status.containerStatuses?.[0];

function messages(cluster: TestCluster, reason: string): string[] {
  return cluster.kubernetes.list('events').flatMap((event) => (event.reason === reason ? [event.message ?? ''] : []));
}

describe('probes', () => {
  it("take a pod out of service while its page fails, in the kubelet's words, and back in", async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(1));
    await rolledOut(cluster, 1);
    const [container] = cluster.runtime.containers;
    if (container) container.isReady = false;
    await eventually(
      () => firstStatus(cluster)?.ready,
      (ready) => ready === false,
    );
    expect(messages(cluster, 'Unhealthy')).toEqual(['Readiness probe failed: HTTP probe failed with statuscode: 503']);
    expect(firstStatus(cluster)?.restartCount).toBe(0);
    if (container) container.isReady = true;
    await rolledOut(cluster, 1);
  });

  it('are refused where nothing listens on the port that they ask', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(1, {}, { readinessProbe: { httpGet: { path: '/ready', port: 5000 }, periodSeconds: 1 } }));
    const [message] = await eventually(
      () => messages(cluster, 'Unhealthy'),
      (seen) => seen.length > 0,
    );
    expect(message).toBe('Readiness probe failed: Get "http://127.0.0.1:5000/ready": dial tcp 127.0.0.1:5000: connect: connection refused');
    const { name = '' } = firstPod(cluster)?.metadata ?? {};
    const core = cluster.client('admin', CoreV1Api);
    const proxied = (port: number) =>
      core.connectGetNamespacedPodProxyWithPath({ name: `${name}:${port}`, namespace: 'default', path: 'ready' });
    expect(await refusal(proxied(5000))).toMatchObject({
      code: 503,
      body: { message: 'error trying to reach service: dial tcp 127.0.0.1:5000: connect: connection refused' },
    });
    await expect(proxied(8080)).resolves.toBe('');
  });

  it('restart a container that is not alive', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(1, {}, LIVE));
    await rolledOut(cluster, 1);
    const [container] = cluster.runtime.containers;
    if (container) container.isAlive = false;
    const status = await eventually(
      () => firstStatus(cluster),
      (seen) => seen?.restartCount === 1,
    );
    expect(status?.lastState.terminated).toMatchObject({ exitCode: 143, reason: 'Error' });
    expect(messages(cluster, 'Killing')).toEqual(['Container api failed liveness probe, will be restarted']);
    expect(messages(cluster, 'Unhealthy')).toContain('Liveness probe failed: HTTP probe failed with statuscode: 503');
    await rolledOut(cluster, 1);
  });

  it('wait for the startup probe', async () => {
    await using cluster = await testCluster();
    cluster.runtime.startsReady = false;
    cluster.kubernetes.apply(
      deploymentOf(
        1,
        {},
        { ...LIVE, startupProbe: { httpGet: { path: '/ready', port: 8080 }, periodSeconds: 1, failureThreshold: 10_000 } },
      ),
    );
    await eventually(
      () => messages(cluster, 'Unhealthy'),
      (seen) => seen.length > 0,
    );
    expect(messages(cluster, 'Unhealthy')).toEqual(['Startup probe failed: HTTP probe failed with statuscode: 503']);
    expect(firstStatus(cluster)).toMatchObject({ started: false, ready: false });
    const [container] = cluster.runtime.containers;
    if (container) container.isReady = true;
    await rolledOut(cluster, 1);
    expect(firstStatus(cluster)?.started).toBe(true);
  });
});

describe('the kernel', () => {
  it('kills what uses more memory than its limit', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(1));
    await rolledOut(cluster, 1);
    const [container] = cluster.runtime.containers;
    if (container) container.memoryBytes = 257 * 2 ** 20;
    const status = await eventually(
      () => firstStatus(cluster),
      (seen) => seen?.restartCount === 1,
    );
    expect(status?.lastState.terminated).toMatchObject({ exitCode: 137, reason: 'OOMKilled' });
  });
});

describe('pulls', () => {
  const cases: readonly (readonly [PullProblem, RegExp])[] = [
    ['not-found', /: registry\.example\.com\/team\/api:2: not found$/],
    ['unauthorized', /failed to authorize: .* 401 Unauthorized$/],
    ['access-denied', /pull access denied, repository does not exist or may require authorization: /],
    ['unreachable', /dial tcp 203\.0\.113\.40:443: i\/o timeout$/],
    ['name-not-resolved', /dial tcp: lookup registry\.example\.com on /],
    ['rate-limited', /429 Too Many Requests - Server message: toomanyrequests: /],
    ['certificate-expired', /x509: certificate has expired or is not yet valid: /],
  ];

  it.each(cases)("say in containerd's words why they fail: %s", async (problem, words) => {
    await using cluster = await testCluster({ registries: () => problem });
    cluster.kubernetes.apply(deploymentOf(1, {}, { image: 'registry.example.com/team/api:2' }));
    const waiting = await eventually(
      () => firstStatus(cluster)?.state.waiting,
      (seen) => seen?.reason === 'ImagePullBackOff',
    );
    expect(waiting?.message).toMatch(words);
    expect(messages(cluster, 'Failed')).toEqual(
      expect.arrayContaining([expect.stringMatching(words), 'Error: ErrImagePull', 'Error: ImagePullBackOff']),
    );
  });

  it('are not needed where the node has the image, unless the pod wants one each time', async () => {
    let outage: PullProblem | undefined;
    await using cluster = await testCluster({ registries: () => outage, nodes: [{ name: 'one', cpu: '4', memory: '8Gi' }] });
    cluster.kubernetes.apply(deploymentOf(1));
    await rolledOut(cluster, 1);
    outage = 'unreachable';
    cluster.kubernetes.patch('deployments', 'default', 'hotswap-api', { spec: { replicas: 2 } });
    await rolledOut(cluster, 2);
    expect(messages(cluster, 'Pulled')).toContain('Container image "hotswap-api:1.0" already present on machine');
    cluster.kubernetes.apply(deploymentOf(1, {}, { imagePullPolicy: 'Always' }));
    await eventually(
      () => cluster.kubernetes.list('pods').flatMap(({ status }) => status.containerStatuses?.[0]?.state.waiting?.reason ?? []),
      (reasons) => reasons.includes('ImagePullBackOff'),
    );
  });
});

describe('a machine that loses its power', () => {
  it('leaves a node of which nothing is known, and pods that are made elsewhere', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(2));
    await rolledOut(cluster, 2);
    const lost = firstPod(cluster);
    const node = lost?.spec.nodeName ?? '';
    cluster.kubernetes.machines.stop(node);
    const ready = () => cluster.kubernetes.get('nodes', '', node)?.status.conditions?.find(({ type }) => type === 'Ready');
    expect(await eventually(ready, (seen) => seen?.status === 'Unknown')).toMatchObject({
      reason: 'NodeStatusUnknown',
      message: 'Kubelet stopped posting node status.',
    });
    const name = lost?.metadata.name ?? '';
    const pod = await eventually(
      () => cluster.kubernetes.get('pods', 'default', name),
      (seen) => seen?.metadata.deletionTimestamp !== undefined,
    );
    expect(pod?.status.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('False');
    expect(messages(cluster, 'NodeNotReady')).toEqual(
      expect.arrayContaining([`Node ${node} status is now: NodeNotReady`, 'Node is not ready']),
    );
    expect(await refusal(cluster.client('admin', CoreV1Api).readNamespacedPodLog({ name, namespace: 'default' }))).toMatchObject({
      code: 500,
    });
    await rolledOut(cluster, 2);
    cluster.kubernetes.machines.start(node);
    await eventually(
      () => cluster.kubernetes.get('pods', 'default', name),
      (seen) => seen === undefined,
    );
    await eventually(ready, (seen) => seen?.status === 'True');
    expect(cluster.kubernetes.get('nodes', '', node)?.spec.taints).toBeUndefined();
  });
});

describe('the scheduler', () => {
  it('puts pods apart that must not share a node', async () => {
    await using cluster = await testCluster({ nodes: ['one', 'two'].map((name) => ({ name, cpu: '4', memory: '8Gi' })) });
    const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'hotswap-api' } } };
    const affinity = { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } };
    const manifest = deploymentOf(3);
    cluster.kubernetes.apply(manifest);
    await rolledOut(cluster, 3);
    cluster.kubernetes.patch('deployments', 'default', 'hotswap-api', { spec: { template: { spec: { affinity } } } });
    const message = () =>
      cluster.kubernetes
        .list('pods')
        .flatMap(
          ({ status }) => status.conditions?.find(({ type, status: is }) => type === 'PodScheduled' && is === 'False')?.message ?? [],
        );
    expect(await eventually(message, (seen) => seen.length > 0)).toEqual([
      "0/2 nodes are available: 2 node(s) didn't match pod anti-affinity rules.",
    ]);
  });
});

describe('volumes', () => {
  it('keep a pod from a node until its claim is bound, and from running until what it mounts is there', async () => {
    await using cluster = await testCluster();
    const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: { name: 'data', namespace: 'default' } };
    cluster.kubernetes.apply({ ...claim, spec: { storageClassName: 'fast', accessModes: ['ReadWriteOnce'] } });
    cluster.kubernetes.apply(deploymentOf(1));
    await rolledOut(cluster, 1);
    const volumes = [
      { name: 'data', persistentVolumeClaim: { claimName: 'data' } },
      { name: 'settings', configMap: { name: 'settings' } },
    ];
    cluster.kubernetes.patch('deployments', 'default', 'hotswap-api', { spec: { template: { spec: { volumes } } } });
    const scheduling = await eventually(
      () => messages(cluster, 'FailedScheduling'),
      (seen) => seen.length > 0,
    );
    expect(scheduling).toEqual(['0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.']);
    expect(messages(cluster, 'ProvisioningFailed')).toEqual(['storageclass.storage.k8s.io "fast" not found']);
    cluster.kubernetes.delete('persistentvolumeclaims', 'default', 'data');
    cluster.kubernetes.apply({ ...claim, spec: { storageClassName: 'standard' } });
    const mounting = await eventually(
      () => messages(cluster, 'FailedMount'),
      (seen) => seen.length > 0,
    );
    expect(mounting).toEqual(['MountVolume.SetUp failed for volume "settings" : configmap "settings" not found']);
    cluster.kubernetes.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'default' }, data: {} });
    await rolledOut(cluster, 1);
  });
});
