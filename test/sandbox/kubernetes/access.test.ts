import { readFile } from 'node:fs/promises';
import { get } from 'node:https';
import { text } from 'node:stream/consumers';
import { AppsV1Api, AuthorizationV1Api, AutoscalingV2Api, CoreV1Api, CustomObjectsApi, VersionApi } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentOf, refusal, service, type TestCluster, testCluster } from './cluster.ts';

const rbac = `
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: read, namespace: default}
rules:
  - {apiGroups: [apps], resources: [deployments], verbs: [get, list]}
  - {apiGroups: [""], resources: [pods], verbs: [get, list]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: read, namespace: default}
subjects: [{kind: ServiceAccount, name: hotswap-bot, namespace: default}]
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: read}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: fix, namespace: default}
rules:
  - {apiGroups: [apps], resources: [deployments/scale], resourceNames: [hotswap-api], verbs: [get, patch]}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: fix, namespace: default}
subjects: [{kind: ServiceAccount, name: hotswap-bot-fix}]
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: fix}
`;

describe('access', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await testCluster({ notServed: ['autoscaling/v2', 'metrics.k8s.io/v1beta1'], version: '1.20.2' });
    cluster.kubernetes.apply(rbac);
    cluster.kubernetes.apply(deploymentOf(1));
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it('lets the reading account read and words its refusals as the API server does', async () => {
    const apps = cluster.client('bot', AppsV1Api);
    expect((await apps.readNamespacedDeployment(service)).metadata?.name).toBe('hotswap-api');
    const subject = 'User "system:serviceaccount:default:hotswap-bot"';
    expect(await refusal(apps.patchNamespacedDeployment({ ...service, body: [] }))).toEqual({
      code: 403,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: `deployments.apps "hotswap-api" is forbidden: ${subject} cannot patch resource "deployments" in API group "apps" in the namespace "default"`,
        reason: 'Forbidden',
        details: { name: 'hotswap-api', group: 'apps', kind: 'deployments' },
        code: 403,
      },
    });
    expect(await refusal(cluster.client('bot', CoreV1Api).listNode())).toMatchObject({
      body: {
        message: `nodes is forbidden: ${subject} cannot list resource "nodes" in API group "" at the cluster scope`,
        details: { kind: 'nodes' },
      },
    });
    expect(await refusal(cluster.client('bot', CoreV1Api).readNamespacedPodLog({ name: 'x', namespace: 'default' }))).toMatchObject({
      body: {
        message: `pods "x" is forbidden: ${subject} cannot get resource "pods/log" in API group "" in the namespace "default"`,
      },
    });
  });

  it('holds resourceNames and subresources apart', async () => {
    const apps = cluster.client('bot-fix', AppsV1Api);
    expect((await apps.readNamespacedDeploymentScale(service)).spec?.replicas).toBe(1);
    expect(await refusal(apps.readNamespacedDeploymentScale({ name: 'other', namespace: 'default' }))).toMatchObject({ code: 403 });
    expect(await refusal(apps.readNamespacedDeployment(service))).toMatchObject({ code: 403 });
  });

  it('answers SelfSubjectAccessReviews with the binding that allows', async () => {
    const review = cluster.client('bot', AuthorizationV1Api);
    const ask = async (verb: string) => {
      const resourceAttributes = { namespace: 'default', verb, group: 'apps', resource: 'deployments' };
      return (await review.createSelfSubjectAccessReview({ body: { spec: { resourceAttributes } } })).status;
    };
    expect(await ask('get')).toEqual({
      allowed: true,
      reason: 'RBAC: allowed by RoleBinding "read/default" of Role "read" to ServiceAccount "hotswap-bot/default"',
    });
    expect(await ask('patch')).toEqual({ allowed: false });
  });

  it('does not serve what an old cluster does not serve', async () => {
    expect((await cluster.client('bot', VersionApi).getCode()).gitVersion).toBe('v1.20.2');
    const groups = await fetchAs(cluster, '/apis/autoscaling');
    expect(groups).toMatchObject({ versions: [{ groupVersion: 'autoscaling/v1' }] });
    const hpas = cluster.client('admin', AutoscalingV2Api).listNamespacedHorizontalPodAutoscaler({ namespace: 'default' });
    await expect(hpas).rejects.toMatchObject({ code: 404, body: '404 page not found\n' });
    const metrics = { group: 'metrics.k8s.io', version: 'v1beta1', namespace: 'default', plural: 'pods' };
    await expect(cluster.client('admin', CustomObjectsApi).listNamespacedCustomObject(metrics)).rejects.toMatchObject({ code: 404 });
    await expect(cluster.client('bot', CustomObjectsApi).listNamespacedCustomObject(metrics)).rejects.toMatchObject({ code: 403 });
  });

  it('knows neither unknown tokens nor objects', async () => {
    const unknown = await ask(cluster, '/api/v1/pods', 'nobody');
    expect(unknown.status).toBe(401);
    const anonymous = await ask(cluster, '/apis');
    expect(anonymous.status).toBe(403);
    const apps = cluster.client('admin', AppsV1Api);
    expect(await refusal(apps.readNamespacedDeployment({ name: 'nothing', namespace: 'default' }))).toMatchObject({
      code: 404,
      body: {
        reason: 'NotFound',
        message: 'deployments.apps "nothing" not found',
        details: { name: 'nothing', group: 'apps', kind: 'deployments' },
      },
    });
  });

  it('can be slow and can fail by path, until the fault ends', async () => {
    const apps = cluster.client('bot', AppsV1Api);
    const heal = cluster.kubernetes.faults.fail(/\/deployments/, 503);
    await expect(apps.listNamespacedDeployment({ namespace: 'default' })).rejects.toMatchObject({ code: 503 });
    heal();
    expect((await apps.listNamespacedDeployment({ namespace: 'default' })).items).toHaveLength(1);
    cluster.kubernetes.faults.slow(/\/deployments/, 60_000);
    await expect(ask(cluster, '/apis/apps/v1/deployments', undefined, AbortSignal.timeout(50))).rejects.toThrow();
    cluster.kubernetes.faults.clear();
  });
});

async function fetchAs(cluster: TestCluster, path: string): Promise<unknown> {
  const token = /token: (\S+)/.exec(await readFile(cluster.kubernetes.kubeconfigPath, 'utf8'))?.[1];
  return JSON.parse((await ask(cluster, path, token)).body);
}

/** Asks without a client library, with the certificate of the kubeconfig. */
async function ask(cluster: TestCluster, path: string, token?: string, signal?: AbortSignal): Promise<{ status: number; body: string }> {
  const config = await readFile(cluster.kubernetes.kubeconfigPath, 'utf8');
  const ca = Buffer.from(/certificate-authority-data: (\S+)/.exec(config)?.[1] ?? '', 'base64');
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const request = get(`${cluster.kubernetes.url}${path}`, { ca, headers, ...(signal === undefined ? {} : { signal }) }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    request.on('error', reject);
  });
}
