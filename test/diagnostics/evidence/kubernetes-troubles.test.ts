import { describe, expect, it } from 'vitest';
import { crashLogs } from '../../../src/diagnostics/evidence/crash-logs.ts';
import { deployment } from '../../../src/diagnostics/evidence/deployment.ts';
import { events } from '../../../src/diagnostics/evidence/events.ts';
import { nodes } from '../../../src/diagnostics/evidence/nodes.ts';
import { pods } from '../../../src/diagnostics/evidence/pods.ts';
import { quotas } from '../../../src/diagnostics/evidence/quotas.ts';
import { replicaSets } from '../../../src/diagnostics/evidence/replicasets.ts';
import { volumeClaims } from '../../../src/diagnostics/evidence/volume-claims.ts';
import type { Source } from '../../../src/diagnostics/types.ts';
import { type ApiAnswer, notServed, notServedOld, startApiServer, status, text } from '../support/api-server.ts';
import { clientsOf, collect, read } from '../support/collect.ts';

/** Answers shaped as API servers write them; those of 1.20 where it writes something else. */

const SELECTOR = { matchLabels: { app: 'hotswap-api' } };
const container = {
  name: 'hotswap',
  image: 'registry.example.com/hotswap/api:2.1.0',
  env: [
    { name: 'Jwt__SecretKey', valueFrom: { secretKeyRef: { name: 'api', key: 'jwt' } } },
    { name: 'PASSWORD', value: 'hunter2hunter2' },
  ],
  ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
  resources: { limits: { memory: '512Mi' }, requests: { memory: '256Mi' } },
  readinessProbe: {
    httpGet: { path: '/health/ready', port: 'http', scheme: 'HTTP' },
    timeoutSeconds: 1,
    periodSeconds: 5,
    successThreshold: 1,
    failureThreshold: 3,
  },
  terminationMessagePath: '/dev/termination-log',
};
const template = { metadata: { labels: { app: 'hotswap-api' }, creationTimestamp: null }, spec: { containers: [container] } };
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hotswap-api', namespace: 'default', uid: 'd-1', generation: 4 },
  spec: { replicas: 3, selector: SELECTOR, template: { ...template, spec: { ...template.spec, imagePullSecrets: [{ name: 'pull' }] } } },
  status: {
    observedGeneration: 4,
    unavailableReplicas: 3,
    conditions: [
      {
        type: 'Available',
        status: 'False',
        reason: 'MinimumReplicasUnavailable',
        message: 'Deployment does not have minimum availability.',
        lastUpdateTime: '2026-11-23T11:58:00Z',
        lastTransitionTime: '2026-11-23T11:57:00Z',
      },
    ],
  },
};
const SET = {
  metadata: {
    name: 'hotswap-api-66f7',
    uid: 'r-1',
    creationTimestamp: '2026-11-23T11:56:00Z',
    annotations: {
      'deployment.kubernetes.io/revision': '7',
      'deployment.kubernetes.io/desired-replicas': '3',
      'deployment.kubernetes.io/max-replicas': '4',
    },
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'hotswap-api', uid: 'd-1', controller: true }],
  },
  spec: { replicas: 3, selector: SELECTOR, template },
  status: {
    replicas: 0,
    conditions: [
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'pods "x" is forbidden: exceeded quota: compute' },
    ],
  },
};
const looping = (name: string, state: object, changes: object = {}) => ({
  metadata: {
    name,
    uid: `uid-${name}`,
    creationTimestamp: '2026-11-23T11:56:05Z',
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'hotswap-api-66f7', uid: 'r-1' }],
  },
  spec: { nodeName: 'node-1', containers: [container], ...changes },
  status: {
    phase: 'Running',
    podIP: '10.0.0.7',
    conditions: [{ type: 'Ready', status: 'False', reason: 'ContainersNotReady' }],
    containerStatuses: [
      {
        name: 'hotswap',
        ready: false,
        restartCount: 2,
        image: container.image,
        imageID: '',
        state,
        lastState: {
          terminated: { exitCode: 134, reason: 'Error', startedAt: '2026-11-23T11:58:00Z', finishedAt: '2026-11-23T11:59:30Z' },
        },
      },
    ],
  },
});
const WAITING = { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 20s restarting failed container' } };
const list = (...items: object[]) => ({ apiVersion: 'v1', kind: 'List', metadata: {}, items });
const PODS = '/namespaces/default/pods';
const EVENTS = '/events.k8s.io/v1/namespaces/default/events';
const QUOTAS = '/namespaces/default/resourcequotas';
const LIMITS = '/namespaces/default/limitranges';
const CLAIMS = '/namespaces/default/persistentvolumeclaims';
const WORLD: Readonly<Record<string, ApiAnswer>> = {
  '/deployments/hotswap-api': DEPLOYMENT,
  '/replicasets': list(SET),
  [PODS]: list(looping('hotswap-api-66f7-aaaaa', WAITING)),
};
const now = new Date('2026-11-23T12:00:00Z');

async function world(changes: Readonly<Record<string, ApiAnswer>> = {}) {
  const { kubeconfig, asked } = await startApiServer({ ...WORLD, ...changes });
  return { clients: clientsOf({ kubeconfig }), asked };
}

describe('what a rollout is made of', () => {
  it('is the template with its probes, without a value of a variable', async () => {
    const { clients } = await world();
    expect(await read(deployment, clients)).toMatchObject({
      pullSecrets: ['pull'],
      conditions: [{ type: 'Available', since: new Date('2026-11-23T11:57:00Z') }],
      containers: [
        { ports: [{ name: 'http', number: 8080 }], readiness: { path: '/health/ready', port: 'http', periodSeconds: 5 }, liveness: null },
      ],
    });
    const [set] = await read(replicaSets, clients);
    expect(set).toMatchObject({
      deploymentDesired: 3,
      failure: 'pods "x" is forbidden: exceeded quota: compute',
      template: { containers: [{ image: container.image, variables: [{ name: 'Jwt__SecretKey' }, { name: 'PASSWORD' }] }] },
    });
    expect(JSON.stringify(set)).not.toContain('hunter');
  });

  it('is the state of each container, how it ended, and what the pod mounts', async () => {
    const { clients } = await world({
      [PODS]: list(
        looping('a', WAITING, {
          volumes: [
            { name: 'd', persistentVolumeClaim: { claimName: 'dumps' } },
            { name: 't', emptyDir: {} },
          ],
        }),
      ),
    });
    const [pod] = await read(pods, clients);
    expect(pod?.claims).toEqual(['dumps']);
    expect(pod?.containers).toMatchObject([
      {
        image: container.image,
        waiting: WAITING.waiting,
        running: false,
        startedAt: null,
        terminated: { exitCode: 134, finishedAt: new Date('2026-11-23T11:59:30Z') },
      },
    ]);
  });
});

describe('events', () => {
  const event = (name: string, changes: object, uid = 'd-1') => ({
    metadata: { name, namespace: 'default', creationTimestamp: '2026-11-23T11:00:00Z' },
    eventTime: null,
    regarding: { kind: 'Deployment', name: 'hotswap-api', uid },
    type: 'Warning',
    reason: name,
    note: 'x',
    ...changes,
  });

  it('are in the order in which they were last seen, whichever of the times says so', async () => {
    const { clients } = await world({
      [EVENTS]: list(
        event('created', {}),
        event('last', { deprecatedLastTimestamp: '2026-11-23T11:30:00Z', deprecatedCount: 4 }),
        event('scheduler', { eventTime: '2026-11-23T11:40:00.123456Z', deprecatedLastTimestamp: null }),
        event('series', {
          eventTime: '2026-11-23T11:05:00.000000Z',
          deprecatedLastTimestamp: '2026-11-23T11:06:00Z',
          series: { count: 9, lastObservedTime: '2026-11-23T11:50:00.000001Z' },
        }),
      ),
    });
    expect((await read(events, clients)).map(({ reason, count, at }) => [reason, count, at.toISOString()])).toEqual([
      ['series', 9, '2026-11-23T11:50:00.000Z'],
      ['scheduler', 1, '2026-11-23T11:40:00.123Z'],
      ['last', 4, '2026-11-23T11:30:00.000Z'],
      ['created', 1, '2026-11-23T11:00:00.000Z'],
    ]);
  });

  it('are those of the Deployment, its ReplicaSets and its pods, those that are gone as well', async () => {
    const about = (kind: string, name: string, uid: string) => event(name, { regarding: { kind, name, uid } });
    const { clients } = await world({
      [EVENTS]: list(
        about('Deployment', 'hotswap-api', 'd-1'),
        about('ReplicaSet', 'hotswap-api-66f7', 'r-1'),
        about('Pod', 'hotswap-api-66f7-aaaaa', 'uid-hotswap-api-66f7-aaaaa'),
        about('Pod', 'hotswap-api-66f7-gone1', 'uid-gone'),
        about('Pod', 'hotswap-api-66f7x-stranger', 'uid-stranger'),
        about('Deployment', 'other', 'd-2'),
      ),
    });
    expect((await read(events, clients)).map(({ name }) => name).sort()).toEqual([
      'hotswap-api',
      'hotswap-api-66f7',
      'hotswap-api-66f7-aaaaa',
      'hotswap-api-66f7-gone1',
    ]);
  });

  it('are asked for at once, and the Deployment tells why where neither can be read', async () => {
    const no = status(403, 'Forbidden', 'no');
    const { clients, asked } = await world({ [EVENTS]: no, '/deployments/hotswap-api': no });
    expect(await collect(events, clients)).toMatchObject({ kind: 'missing', builtOn: 'k8s.deployment' });
    expect(asked.some(({ pathname }) => pathname.endsWith(EVENTS))).toBe(true);
  });

  it('are partial where there are more than one page', async () => {
    const { clients } = await world({ [EVENTS]: { ...list(event('a', {})), metadata: { continue: 'token' } } });
    expect(await collect(events, clients)).toMatchObject({ kind: 'collected', complete: false });
  });
});

describe('the last words of a container', () => {
  const line = '2026-11-23T11:59:29.000000000Z [11:59:29 FTL] Program: It broke with password=hunter2hunter2\n';
  const logOf = async (state: object) => {
    const { clients, asked } = await world({ [PODS]: list(looping('a', state)), '/pods/a/log': text(line) });
    return { data: await read(crashLogs, clients, { now }), query: asked.find(({ pathname }) => pathname.endsWith('/log'))?.searchParams };
  };

  it.each([
    ['while it waits', WAITING],
    ['when it is up again', { running: { startedAt: '2026-11-23T11:59:40Z' } }],
  ])('are in the log of the run before, %s', async (_, state) => {
    const { data, query } = await logOf(state);
    expect(query?.get('previous')).toBe('true');
    expect(data).toMatchObject([
      { pod: 'a', container: 'hotswap', messages: [{ level: 'fatal', message: 'It broke with password=[redacted]' }] },
    ]);
  });

  it('are in the present log where it has just ended', async () => {
    const { query } = await logOf({ terminated: { exitCode: 1, reason: 'Error', finishedAt: '2026-11-23T11:59:59Z' } });
    expect(query?.get('previous')).toBe('false');
  });

  it('are not asked for where nothing has ended lately', async () => {
    const { clients, asked } = await world();
    expect(await read(crashLogs, clients, { now: new Date('2026-11-23T14:00:00Z') })).toEqual([]);
    expect(asked.some(({ pathname }) => pathname.endsWith('/log'))).toBe(false);
  });

  it('are lacking where logs may not be read, and none where the log is gone', async () => {
    const no = await world({ '/log': status(403, 'Forbidden', 'pods/log is forbidden') });
    expect(await collect(crashLogs, no.clients, { now })).toMatchObject({
      kind: 'missing',
      reason: 'forbidden',
      mend: expect.stringContaining('pods/log'),
    });
    const gone = await world({ '/log': status(400, 'BadRequest', 'previous terminated container "hotswap" in pod "a" not found') });
    expect(await collect(crashLogs, gone.clients, { now })).toMatchObject({ kind: 'collected', complete: true, data: [{ messages: [] }] });
  });
});

describe('the limits of the namespace', () => {
  const quota = {
    metadata: { name: 'compute' },
    spec: { hard: { 'limits.memory': '2Gi', pods: '4' } },
    status: { hard: { 'limits.memory': '2Gi', pods: '4' }, used: { 'limits.memory': '1536Mi', pods: '3' } },
  };
  const range = {
    metadata: { name: 'bounds' },
    spec: { limits: [{ type: 'Container', max: { memory: '1Gi' }, default: { memory: '512Mi' } }] },
  };

  it('are those of quotas and of limit ranges', async () => {
    const { clients } = await world({ [QUOTAS]: list(quota), [LIMITS]: list(range) });
    expect(await read(quotas, clients)).toEqual({
      quotas: [
        { name: 'compute', scoped: false, resource: 'limits.memory', hard: '2Gi', used: '1536Mi' },
        { name: 'compute', scoped: false, resource: 'pods', hard: '4', used: '3' },
      ],
      bounds: [{ name: 'bounds', type: 'Container', resource: 'memory', max: '1Gi', min: null }],
      defaults: [{ resource: 'memory', limit: '512Mi', request: null }],
    });
  });

  it('are partial where one of the two may not be read, and missing where neither may', async () => {
    const no = status(403, 'Forbidden', 'is forbidden');
    expect(await collect(quotas, (await world({ [QUOTAS]: list(quota), [LIMITS]: no })).clients)).toMatchObject({
      kind: 'collected',
      complete: false,
      gap: { reason: 'forbidden', mend: expect.stringContaining('limitranges') },
    });
    expect(await collect(quotas, (await world({ [QUOTAS]: no, [LIMITS]: no })).clients)).toMatchObject({
      kind: 'missing',
      reason: 'forbidden',
    });
  });
});

describe('volume claims', () => {
  const mounting = looping('a', WAITING, { volumes: [{ name: 'd', persistentVolumeClaim: { claimName: 'dumps' } }] });

  it('are those that pods mount, found or not', async () => {
    const bound = { metadata: { name: 'dumps' }, spec: { storageClassName: 'standard' }, status: { phase: 'Bound' } };
    const other = { metadata: { name: 'other' }, status: { phase: 'Lost' } };
    expect(await read(volumeClaims, (await world({ [PODS]: list(mounting), [CLAIMS]: list(bound, other) })).clients)).toEqual([
      { name: 'dumps', phase: 'Bound', storageClass: 'standard', pods: ['a'] },
    ]);
    expect(await read(volumeClaims, (await world({ [PODS]: list(mounting), [CLAIMS]: list() })).clients)).toMatchObject([
      { phase: 'missing' },
    ]);
  });

  it('are not asked for where pods mount none', async () => {
    const { clients, asked } = await world();
    expect(await read(volumeClaims, clients)).toEqual([]);
    expect(asked.some(({ pathname }) => pathname.endsWith(CLAIMS))).toBe(false);
  });
});

describe('nodes', () => {
  it('are told with their conditions', async () => {
    const node = {
      metadata: { name: 'node-1' },
      spec: { unschedulable: true, taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' }] },
      status: {
        allocatable: { cpu: '4', memory: '8Gi', pods: '110' },
        conditions: [
          { type: 'MemoryPressure', status: 'True', reason: 'x' },
          {
            type: 'Ready',
            status: 'Unknown',
            reason: 'NodeStatusUnknown',
            message: 'Kubelet stopped posting node status.',
            lastTransitionTime: '2026-11-23T11:55:00Z',
          },
        ],
      },
    };
    expect(await read(nodes, (await world({ '/api/v1/nodes': list(node) })).clients)).toEqual([
      {
        name: 'node-1',
        ready: false,
        reason: 'NodeStatusUnknown',
        message: 'Kubelet stopped posting node status.',
        since: new Date('2026-11-23T11:55:00Z'),
        cordoned: true,
        pressures: ['MemoryPressure'],
        allocatable: { cpu: '4', memory: '8Gi' },
      },
    ]);
  });

  it('are a gap without the permission of the whole cluster, which names it', async () => {
    const { clients } = await world({ '/api/v1/nodes': status(403, 'Forbidden', 'nodes is forbidden at the cluster scope') });
    expect(await collect(nodes, clients)).toMatchObject({
      kind: 'missing',
      reason: 'forbidden',
      mend: expect.stringContaining('ClusterRole'),
    });
  });
});

describe('a cluster that does not serve what is asked for', () => {
  it.each<[string, Source<unknown>, ApiAnswer]>([
    ['events', events, notServed],
    ['events, in the words of 1.20', events, notServedOld],
  ])('yields missing evidence: %s', async (_, source, answer) => {
    const { clients } = await world({ [EVENTS]: answer });
    expect(await collect(source, clients)).toMatchObject({ kind: 'missing', reason: 'not-served' });
  });

  it('is still asked what 1.20 does serve', async () => {
    const { clients } = await world({
      [EVENTS]: list(),
      [QUOTAS]: list(),
      [LIMITS]: list(),
      '/api/v1/nodes': list(),
      '/log': text(''),
    });
    for (const source of [events, quotas, nodes, volumeClaims, crashLogs, pods, replicaSets])
      expect(await collect<unknown>(source, clients, { now }), source.id).toMatchObject({ kind: 'collected', complete: true });
  });
});
