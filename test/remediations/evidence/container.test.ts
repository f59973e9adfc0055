import { describe, expect, it } from 'vitest';
import { poolVariables } from '../../../src/remediations/evidence/connection-strings.ts';
import { dumpVolumeSource } from '../../../src/remediations/evidence/dump-volume.ts';
import { nodeRoom } from '../../../src/remediations/evidence/node-room.ts';
import { startApiServer, status } from '../../diagnostics/support/api-server.ts';
import { clientsOf, read } from '../../diagnostics/support/collect.ts';

const refusal = status(403, 'Forbidden', 'it is forbidden at the cluster scope');
const deployment = (own: object, volumes: readonly object[] = []) => ({
  metadata: { name: 'hotswap-api', uid: 'd' },
  spec: { selector: { matchLabels: { app: 'x' } }, template: { spec: { containers: [{ name: 'api', image: 'i', ...own }], volumes } } },
});
const seen = async (own: object, volumes?: readonly object[]) =>
  clientsOf({ kubeconfig: (await startApiServer({ '/deployments/hotswap-api': deployment(own, volumes) })).kubeconfig });

describe('pool sizes of the connection strings', () => {
  it('are read without what is secret, which not even the hash lets through', async () => {
    const value = 'Host=db;Password=hunter2;Maximum Pool Size=7';
    const env = [
      { name: 'ConnectionStrings__Default', value },
      { name: 'ConnectionStrings__Other', value: value.replace('7', '9') },
      { name: 'ConnectionStrings__MaxPoolSize', value: '200' },
      { name: 'ConnectionStrings__Audit', valueFrom: { secretKeyRef: { name: 'audit-db', key: 'url' } } },
      { name: 'ConnectionStrings__Cache', valueFrom: { configMapKeyRef: { name: 'cache', key: 'url' } } },
      { name: 'Jwt__SecretKey', value: 'Host=hunter2' },
    ];
    const found = await read(poolVariables, await seen({ env }));
    const rest = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(found).toEqual([
      { kind: 'literal', variable: 'ConnectionStrings__Default', pool: { kind: 'size', size: 7 }, rest },
      { kind: 'literal', variable: 'ConnectionStrings__Other', pool: { kind: 'size', size: 9 }, rest },
      { kind: 'reference', variable: 'ConnectionStrings__Audit', from: 'key url of Secret audit-db' },
      { kind: 'reference', variable: 'ConnectionStrings__Cache', from: 'key url of ConfigMap cache' },
    ]);
    const [first, second] = found.flatMap((one) => (one.kind === 'literal' ? [one.rest] : []));
    expect(first).toBe(second);
    expect(JSON.stringify(found)).not.toContain('hunter2');
  });
});

describe('the volume for dumps', () => {
  const mounts = (...paths: readonly string[]) => ({ volumeMounts: paths.map((mountPath, index) => ({ name: `v${index}`, mountPath })) });
  it.each<[string, object, readonly object[], object]>([
    ['none', {}, [], { mount: null, medium: 'none' }],
    ['one beside it', mounts('/tmpfiles'), [{ name: 'v0', emptyDir: {} }], { mount: null }],
    ['an emptyDir', mounts('/tmp'), [{ name: 'v0', emptyDir: { sizeLimit: '1Gi' } }], { medium: 'disk', sizeLimit: '1Gi' }],
    ['an emptyDir in memory', mounts('/tmp'), [{ name: 'v0', emptyDir: { medium: 'Memory' } }], { medium: 'memory' }],
    ['a claim', mounts('/tmp'), [{ name: 'v0', persistentVolumeClaim: { claimName: 'dumps' } }], { medium: 'persistent' }],
    ['a ConfigMap', mounts('/tmp'), [{ name: 'v0', configMap: { name: 'x' } }], { medium: 'none' }],
    [
      'the nearest of two',
      mounts('/', '/tmp'),
      [
        { name: 'v0', configMap: { name: 'x' } },
        { name: 'v1', emptyDir: {} },
      ],
      { mount: { path: '/tmp', volume: 'v1', readOnly: false }, medium: 'disk', sizeLimit: null },
    ],
    [
      'read only, in a container without capabilities',
      { volumeMounts: [{ name: 'v0', mountPath: '/tmp', readOnly: true }], securityContext: { capabilities: { drop: ['ALL'] } } },
      [{ name: 'v0', emptyDir: {} }],
      { mount: { readOnly: true }, dropsCapabilities: true },
    ],
  ])('is %s', async (_, own, volumes, expected) => {
    expect(await read(dumpVolumeSource(undefined), await seen(own, volumes))).toMatchObject(expected);
  });
});

describe('the memory of the largest node', () => {
  const node = (name: string, memory: string, ready = 'True', unschedulable = false) => ({
    metadata: { name },
    spec: { unschedulable },
    status: { allocatable: { cpu: '4', memory }, conditions: [{ type: 'Ready', status: ready }] },
  });
  const pod = (nodeName: string, memory: string, kind: string) => ({
    metadata: { name: 'x', ownerReferences: [{ apiVersion: 'apps/v1', kind, name: 'o', uid: 'o' }] },
    spec: { nodeName, containers: [{ name: 'c', image: 'c', resources: { requests: { memory } } }] },
    status: { phase: 'Running' },
  });
  const list = (kind: string, items: readonly object[]) => ({ kind, apiVersion: 'v1', metadata: {}, items });
  const nodes = list('NodeList', [
    node('big', '8Gi'),
    node('small', '7Gi'),
    node('gone', '64Gi', 'Unknown'),
    node('closed', '64Gi', 'True', true),
  ]);
  const cluster = async (answers: Parameters<typeof startApiServer>[0]) =>
    clientsOf({ kubeconfig: (await startApiServer(answers)).kubeconfig });

  it('is what it gives without the pods of DaemonSets, of those that take pods', async () => {
    const pods = [pod('big', '2Gi', 'DaemonSet'), pod('small', '512Mi', 'DaemonSet'), pod('small', '6Gi', 'ReplicaSet')];
    const clients = await cluster({ '/api/v1/nodes': nodes, '/api/v1/pods': list('PodList', pods) });
    expect(await read(nodeRoom, clients)).toEqual({ node: 'small', bytes: 6.5 * 2 ** 30, daemons: 2 ** 29 });
  });

  it('does without the pods of other namespaces, and without nodes, which are permissions of the whole cluster', async () => {
    expect(await read(nodeRoom, await cluster({ '/api/v1/nodes': nodes, '/api/v1/pods': refusal }))).toEqual({
      ...{ node: 'big', bytes: 2 ** 33, daemons: null },
    });
    expect(await read(nodeRoom, await cluster({ '/api/v1/nodes': refusal }))).toBeNull();
  });
});
