import { describe, expect, it } from 'vitest';
import { autoscaler } from '../../../src/diagnostics/evidence/autoscaler.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { podLogs } from '../../../src/diagnostics/evidence/pod-logs.ts';
import { podMetrics } from '../../../src/diagnostics/evidence/pod-metrics.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { replicaSets } from '../../../src/diagnostics/evidence/replicasets.ts';
import { type ApiAnswer, notServed, notServedOld, startApiServer, status, text } from '../support/api-server.ts';
import { clientsOf, collect, read } from '../support/collect.ts';
import { settings, target } from '../support/evidence.ts';

const SELECTOR = {
  matchLabels: { 'app.kubernetes.io/name': 'hotswap' },
  matchExpressions: [{ key: 'tier', operator: 'In', values: ['web', 'api'] }],
};
const resources = { limits: { cpu: '500m', memory: '512Mi' }, requests: { cpu: '250m', memory: '256Mi' } };

function deploymentAnswer(changes: { metadata?: object; spec?: object; containers?: object[] } = {}): object {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'hotswap-api',
      namespace: 'default',
      uid: 'd-1',
      generation: 4,
      labels: { 'app.kubernetes.io/managed-by': 'Helm' },
      annotations: { 'deployment.kubernetes.io/revision': '12', 'argocd.argoproj.io/tracking-id': 'x' },
      ...changes.metadata,
    },
    spec: {
      replicas: 3,
      selector: SELECTOR,
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: 0 } },
      template: { metadata: {}, spec: { containers: changes.containers ?? [{ name: 'hotswap', image: 'hotswap:12', resources }] } },
      ...changes.spec,
    },
    status: { observedGeneration: 4, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3, conditions: [] },
  };
}

const set = (uid: string, revision: string, owner: string) => ({
  metadata: {
    name: `hotswap-api-${uid}`,
    uid,
    creationTimestamp: '2026-11-23T10:00:00Z',
    annotations: { 'deployment.kubernetes.io/revision': revision },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'x', uid: owner, controller: true }],
  },
  spec: { replicas: 3, selector: SELECTOR, template: { spec: { containers: [{ name: 'hotswap', image: `hotswap:${revision}` }] } } },
  status: { replicas: 3, readyReplicas: 3 },
});

const RUNNING = { running: { startedAt: '2026-11-23T10:00:06Z' } };
const WAITING = { waiting: { reason: 'CrashLoopBackOff' } };

const pod = (name: string, owner: string | null, restartCount = 0, state: object = RUNNING) => ({
  metadata: {
    name,
    uid: `uid-${name}`,
    creationTimestamp: '2026-11-23T10:00:05Z',
    ...(owner === null ? {} : { ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'x', uid: owner }] }),
  },
  spec: { nodeName: 'node-1', containers: [{ name: 'hotswap', resources }] },
  status: {
    phase: 'Running',
    podIP: '10.0.0.7',
    conditions: [{ type: 'Ready', status: 'True' }],
    containerStatuses: [
      {
        name: 'hotswap',
        ready: true,
        restartCount,
        image: '',
        imageID: '',
        state,
        lastState: {},
      },
    ],
  },
});

const list = (kind: string, ...items: object[]) => ({ apiVersion: 'v1', kind, metadata: {}, items });
const WORLD: Readonly<Record<string, ApiAnswer>> = {
  '/deployments/hotswap-api': deploymentAnswer(),
  '/replicasets': list('ReplicaSetList', set('r-9', '9', 'd-1'), set('r-12', '12', 'd-1'), set('r-99', '99', 'another')),
  '/namespaces/default/pods': list('PodList', pod('a', 'r-12'), pod('b', 'r-9'), pod('stranger', 'r-99'), pod('bare', null)),
};

async function world(changes: Readonly<Record<string, ApiAnswer>> = {}) {
  const { kubeconfig, asked } = await startApiServer({ ...WORLD, ...changes });
  return { clients: clientsOf({ kubeconfig }), asked };
}

describe('the Deployment', () => {
  it('is told with its selector, its revision and who else writes it', async () => {
    const { clients } = await world();
    expect(await read(deployment, clients)).toMatchObject({
      uid: 'd-1',
      revision: 12,
      selector: 'app.kubernetes.io/name=hotswap,tier in (web,api)',
      managedBy: ['Helm', 'Argo CD'],
      container: 'hotswap',
      maxSurge: '25%',
    });
  });

  it.each([
    [
      'a literal with a size',
      { value: 'Host=db;Password=s3cret;Maximum Pool Size=20' },
      [{ variable: 'ConnectionStrings__Main', kind: 'literal', poolSize: 20 }],
    ],
    ['a literal without', { value: 'Host=db;Password=s3cret' }, [{ variable: 'ConnectionStrings__Main', kind: 'literal', poolSize: null }]],
    [
      'a reference',
      { valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
      [{ variable: 'ConnectionStrings__Main', kind: 'reference', poolSize: null }],
    ],
    ['no connection string at all', { value: '200' }, []],
  ])('keeps of a connection string no more than the pool: %s', async (_, variable, expected) => {
    const containers = [{ name: 'hotswap', resources, env: [{ name: 'ConnectionStrings__Main', ...variable }] }];
    const { clients } = await world({ '/deployments/hotswap-api': deploymentAnswer({ containers }) });
    const data = await read(deployment, clients);
    expect(data.connectionStrings).toEqual(expected);
    expect(JSON.stringify(data)).not.toContain('s3cret');
  });

  it('with several containers does not guess which is the application', async () => {
    const { clients } = await world({
      '/deployments/hotswap-api': deploymentAnswer({ containers: [{ name: 'hotswap' }, { name: 'proxy' }] }),
    });
    expect(await read(deployment, clients)).toMatchObject({ container: null });
    const named = { ...target, kubernetes: { ...target.kubernetes, container: 'gone' } };
    expect(await collect(deployment, clients, { target: named })).toMatchObject({
      kind: 'missing',
      mend: expect.stringContaining('hotswap, proxy'),
    });
  });

  it.each<[string, string, ApiAnswer, string]>([
    [
      'forbidden',
      'RBAC refuses',
      status(403, 'Forbidden', 'deployments.apps "hotswap-api" is forbidden'),
      '{apiGroups: ["apps"], resources: ["deployments"]',
    ],
    ['forbidden', 'the token is old', status(401, 'Unauthorized', 'Unauthorized'), 'Renew the credentials'],
    ['not-found', 'it is not there', status(404, 'NotFound', 'deployments.apps "hotswap-api" not found'), 'names of the target'],
    ['unreachable', 'the API server is ill', status(500, 'InternalError', 'etcdserver: request timed out'), ''],
    ['invalid-response', 'something else answers', { metadata: {}, spec: {} }, ''],
    ['timeout', 'nobody answers', 'silence', 'readTimeoutMs'],
  ])('is missing (%s) where %s', async (reason, _, answer, mend) => {
    const { clients } = await world({ '/deployments/hotswap-api': answer });
    const evidence = await collect(deployment, clients, { diagnostics: { ...settings.diagnostics, readTimeoutMs: 400 } });
    expect(evidence).toMatchObject({ kind: 'missing', reason, mend: expect.stringContaining(mend) });
    expect(JSON.stringify(evidence)).not.toContain('kube-t0ken');
  });

  it('is unreachable where nobody listens, and not configured without a kubeconfig', async () => {
    expect(await collect(deployment, clientsOf({ kubeconfig: '/nowhere/kubeconfig' }))).toMatchObject({ reason: 'not-configured' });
    const { clients } = await world();
    const elsewhere = { ...target, kubernetes: { ...target.kubernetes, deployment: 'other' } };
    expect(await collect(deployment, clients, { target: elsewhere })).toMatchObject({ kind: 'missing', reason: 'not-served' });
  });
});

describe('what belongs to the Deployment', () => {
  it('are its own ReplicaSets, the newest by number', async () => {
    const { clients, asked } = await world();
    expect((await read(replicaSets, clients)).map(({ revision }) => revision)).toEqual([12, 9]);
    expect(asked.find((url) => url.pathname.endsWith('/replicasets'))?.searchParams.get('labelSelector')).toBe(
      'app.kubernetes.io/name=hotswap,tier in (web,api)',
    );
  });

  it('are the pods of those, whatever else the selector matches', async () => {
    const { clients } = await world();
    expect((await read(pods, clients)).map(({ name, revision }) => [name, revision])).toEqual([
      ['a', 12],
      ['b', 9],
    ]);
  });

  it('is asked for once in a run, although three sources build on it', async () => {
    const { clients, asked } = await world();
    await read(pods, clients);
    expect(asked.filter((url) => url.pathname.endsWith('/deployments/hotswap-api'))).toHaveLength(1);
  });

  it('is asked for its pods while its revisions are read', async () => {
    const { clients, asked } = await world({ '/replicasets': 'silence' });
    const diagnostics = { ...settings.diagnostics, readTimeoutMs: 300 };
    expect(await collect(pods, clients, { diagnostics })).toMatchObject({ kind: 'missing', builtOn: 'k8s.replicasets' });
    expect(asked.some((url) => url.pathname.endsWith('/namespaces/default/pods'))).toBe(true);
  });

  it('is partial where there are more pods than one page', async () => {
    const page = { ...list('PodList', pod('a', 'r-12')), metadata: { continue: 'token' } };
    const { clients } = await world({ '/namespaces/default/pods': page });
    expect(await collect(pods, clients)).toMatchObject({ kind: 'collected', complete: false });
  });

  it('is missing where the Deployment is', async () => {
    const { clients } = await world({ '/deployments/hotswap-api': status(403, 'Forbidden', 'no') });
    expect(await collect(pods, clients)).toMatchObject({ kind: 'missing', reason: 'forbidden', builtOn: 'k8s.deployment' });
  });
});

describe('the autoscaler', () => {
  const spec = { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hotswap-api' }, minReplicas: 2, maxReplicas: 6 };
  const hpa = (changes: object = {}) => ({
    metadata: { name: 'hpa', uid: 'h-1' },
    spec,
    status: { currentReplicas: 3, desiredReplicas: 4 },
    ...changes,
  });
  const V2 = '/autoscaling/v2/namespaces/default/horizontalpodautoscalers';
  const V1 = '/autoscaling/v1/namespaces/default/horizontalpodautoscalers';

  it('is the one that scales the Deployment', async () => {
    const other = hpa({ spec: { ...spec, scaleTargetRef: { ...spec.scaleTargetRef, name: 'other' } } });
    const { clients } = await world({ [V2]: list('HorizontalPodAutoscalerList', other, hpa()) });
    expect(await read(autoscaler, clients)).toMatchObject({ name: 'hpa', minReplicas: 2, maxReplicas: 6, conditions: [] });
  });

  it('is none where there is none, which is no gap', async () => {
    const { clients } = await world({ [V2]: list('HorizontalPodAutoscalerList') });
    expect(await collect(autoscaler, clients)).toMatchObject({ kind: 'collected', complete: true, data: null });
  });

  it('is read from autoscaling/v1 where the cluster has no v2, conditions included', async () => {
    const conditions = [{ type: 'ScalingLimited', status: 'True', reason: 'TooManyReplicas', message: '' }];
    const old = hpa({
      metadata: { name: 'hpa', uid: 'h-1', annotations: { 'autoscaling.alpha.kubernetes.io/conditions': JSON.stringify(conditions) } },
      spec: { ...spec, targetCPUUtilizationPercentage: 75 },
      status: { currentReplicas: 6, desiredReplicas: 6, currentCPUUtilizationPercentage: 110 },
    });
    const { clients } = await world({ [V2]: notServed, [V1]: list('HorizontalPodAutoscalerList', old) });
    expect(await read(autoscaler, clients)).toMatchObject({ conditions, cpuTargetPercent: 75, cpuCurrentPercent: 110 });
  });

  it('is a gap where the cluster has neither, and where two fight', async () => {
    expect(await collect(autoscaler, (await world()).clients)).toMatchObject({ kind: 'missing', reason: 'not-served' });
    const { clients } = await world({
      [V2]: list('HorizontalPodAutoscalerList', hpa(), hpa({ metadata: { name: 'second', uid: 'h-2' } })),
    });
    expect(await collect(autoscaler, clients)).toMatchObject({ kind: 'missing', message: expect.stringContaining('hpa, second') });
  });
});

describe('the metrics of the pods', () => {
  const METRICS = '/metrics.k8s.io/v1beta1/namespaces/default/pods';
  const usage = (cpu: string, memory: string) => ({
    metadata: { name: 'a' },
    timestamp: '2026-11-23T11:59:40Z',
    window: '15s',
    containers: [{ name: 'hotswap', usage: { cpu, memory } }],
  });

  it('are in cores and bytes', async () => {
    const { clients } = await world({ [METRICS]: list('PodMetricsList', usage('123456789n', '204800Ki')) });
    expect(await read(podMetrics, clients)).toEqual([
      {
        pod: 'a',
        at: new Date('2026-11-23T11:59:40Z'),
        containers: [{ name: 'hotswap', cpuCores: expect.closeTo(0.123456789), memoryBytes: 209_715_200 }],
      },
    ]);
  });

  it.each<[string, ApiAnswer]>([
    ['not-served', notServed],
    ['not-served', notServedOld],
    ['unreachable', status(503, 'ServiceUnavailable', 'the server is currently unable to handle the request')],
  ])('are %s without metrics-server, which is what to install', async (reason, answer) => {
    const { clients } = await world({ [METRICS]: answer });
    expect(await collect(podMetrics, clients)).toMatchObject({ kind: 'missing', reason, mend: 'Install or repair metrics-server.' });
  });

  it('are no good where a quantity is none', async () => {
    const { clients } = await world({ [METRICS]: list('PodMetricsList', usage('lots', '1Mi')) });
    expect(await collect(podMetrics, clients)).toMatchObject({ kind: 'missing', reason: 'invalid-response' });
  });
});

describe('logs', () => {
  const line = (message: string) => text(`2026-11-23T11:59:00.000000000Z [11:59:00 ERR] Api: ${message}\n`);

  it('are read of each pod, and of the run before a restart', async () => {
    const { clients, asked } = await world({
      '/namespaces/default/pods': list('PodList', pod('a', 'r-12', 2), pod('b', 'r-9')),
      '/pods/a/log': line('It broke with password=hunter2hunter2'),
      '/pods/b/log': line('It broke with password=hunter3hunter3'),
    });
    const data = await read(podLogs, clients);
    expect(data.groups).toMatchObject([
      { level: 'error', count: 2, previous: 1, pods: ['a'], sample: 'It broke with password=[redacted]' },
      { level: 'error', count: 1, previous: 0, pods: ['b'], sample: 'It broke with password=[redacted]' },
    ]);
    expect(JSON.stringify(data)).not.toContain('hunter');
    const logs = asked.filter((url) => url.pathname.endsWith('/log')).map((url) => Object.fromEntries(url.searchParams));
    expect(logs).toHaveLength(3);
    expect(
      logs.every(
        ({ tailLines, limitBytes, sinceSeconds, timestamps }) =>
          tailLines === '5000' && limitBytes === '2097152' && sinceSeconds === '900' && timestamps === 'true',
      ),
    ).toBe(true);
  });

  it('are those of the last run alone where a container waits for its next start', async () => {
    const { clients, asked } = await world({
      '/namespaces/default/pods': list('PodList', pod('a', 'r-12', 3, WAITING)),
      '/pods/a/log': line('It broke'),
    });
    expect(await collect(podLogs, clients)).toMatchObject({ complete: true, data: { groups: [{ count: 1, previous: 1 }] } });
    const logs = asked.filter((url) => url.pathname.endsWith('/log')).map((url) => url.searchParams.get('previous'));
    expect(logs).toEqual(['true']);
  });

  it('are read of the pod and the time that were asked for', async () => {
    const { clients, asked } = await world({
      '/namespaces/default/pods': list('PodList', pod('a', 'r-12', 0), pod('b', 'r-9')),
      '/pods/b/log': line('x'),
    });
    const data = await read(podLogs, clients, { question: { pod: 'b', sinceSeconds: 60 } });
    expect(data).toMatchObject({ podsRead: 1, sinceSeconds: 60, errors: 1 });
    expect(asked.find((url) => url.pathname.endsWith('/log'))?.searchParams.get('sinceSeconds')).toBe('60');
    expect(await collect(podLogs, clients, { question: { pod: 'c' } })).toMatchObject({ kind: 'missing', reason: 'not-found' });
  });

  it('say that they are partial where the limit of lines cut them', async () => {
    const many = text('2026-11-23T11:59:00.000000000Z [11:59:00 INF] Api: x\n'.repeat(5_000));
    const { clients } = await world({ '/pods/a/log': many, '/pods/b/log': line('x') });
    expect(await collect(podLogs, clients)).toMatchObject({ complete: false, gap: { message: expect.stringContaining('5000 lines') } });
  });

  it('are partial where one may not be read, and missing where none may', async () => {
    const no = status(403, 'Forbidden', 'pods/log is forbidden');
    const some = await world({ '/pods/a/log': line('x'), '/pods/b/log': no });
    expect(await collect(podLogs, some.clients)).toMatchObject({ kind: 'collected', complete: false, gap: { reason: 'forbidden' } });
    const none = await world({ '/pods/a/log': no, '/pods/b/log': no });
    expect(await collect(podLogs, none.clients)).toMatchObject({
      kind: 'missing',
      reason: 'forbidden',
      mend: expect.stringContaining('pods/log'),
    });
  });
});
