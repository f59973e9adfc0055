import { AppsV1Api, AutoscalingV1Api, AutoscalingV2Api, PatchStrategy, setHeaderOptions } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentOf, refusal, service, settled, type TestCluster, testCluster } from './cluster.ts';

const jsonPatch = setHeaderOptions('Content-Type', PatchStrategy.JsonPatch);
const mergePatch = setHeaderOptions('Content-Type', PatchStrategy.MergePatch);
const strategicPatch = setHeaderOptions('Content-Type', PatchStrategy.StrategicMergePatch);

describe('patches', () => {
  let cluster: TestCluster;
  let apps: AppsV1Api;
  beforeAll(async () => {
    cluster = await testCluster();
    apps = cluster.client('admin', AppsV1Api);
    cluster.kubernetes.apply(deploymentOf(2));
    await settled(cluster, 2);
  });
  afterAll(() => cluster[Symbol.asyncDispose]());

  it('applies a JSON patch whose tests hold and counts a generation', async () => {
    const before = await apps.readNamespacedDeployment(service);
    const body = [
      { op: 'test', path: '/metadata/uid', value: before.metadata?.uid },
      { op: 'test', path: '/spec/template/spec/containers/0/name', value: 'api' },
      { op: 'replace', path: '/spec/template/spec/containers/0/resources/limits/memory', value: '300Mi' },
    ];
    const after = await apps.patchNamespacedDeployment({ ...service, body }, jsonPatch);
    expect(after.spec?.template.spec?.containers[0]?.resources?.limits?.memory).toBe('300Mi');
    expect(after.metadata?.generation).toBe((before.metadata?.generation ?? 0) + 1);
    await settled(cluster, 2);
  });

  it('refuses a JSON patch whose test fails, with 422 and without saying which', async () => {
    const body = [
      { op: 'test', path: '/spec/replicas', value: 99 },
      { op: 'replace', path: '/spec/replicas', value: 3 },
    ];
    expect(await refusal(apps.patchNamespacedDeployment({ ...service, body }, jsonPatch))).toEqual({
      code: 422,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'the server rejected our request due to an error in our request',
        reason: 'Invalid',
        details: {},
        code: 422,
      },
    });
    expect((await apps.readNamespacedDeployment(service)).spec?.replicas).toBe(2);
  });

  it('shows what a dry run would store and stores nothing', async () => {
    const before = await apps.readNamespacedDeployment(service);
    const body = { spec: { template: { metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } } } } };
    const shown = await apps.patchNamespacedDeployment({ ...service, body, dryRun: 'All', fieldManager: 'hotswap-bot' }, strategicPatch);
    expect(shown.spec?.template.metadata?.annotations).toEqual({ 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' });
    expect(shown.metadata?.generation).toBe((before.metadata?.generation ?? 0) + 1);
    expect(shown.metadata?.resourceVersion).toBe(before.metadata?.resourceVersion);
    expect(await apps.readNamespacedDeployment(service)).toEqual(before);
  });

  it('refuses a dry run of another kind than All', async () => {
    expect(await refusal(apps.patchNamespacedDeployment({ ...service, body: {}, dryRun: 'Some' }, mergePatch))).toMatchObject({
      code: 422,
    });
  });

  it('merges containers and variables by name in a strategic merge, and replaces lists in a merge patch', async () => {
    const containers = [{ name: 'api', env: [{ name: 'EXTRA', value: '1' }] }];
    const strategic = { spec: { template: { spec: { containers } } } };
    const merged = await apps.patchNamespacedDeployment({ ...service, body: strategic, dryRun: 'All' }, strategicPatch);
    const [container] = merged.spec?.template.spec?.containers ?? [];
    expect(container?.image).toBe('hotswap-api:1.0');
    expect(container?.env).toEqual([
      { name: 'MODE', value: 'fast' },
      { name: 'EXTRA', value: '1' },
    ]);
    const replacing = { spec: { template: { spec: { containers: [{ name: 'api', image: 'other:2' }] } } } };
    const replaced = await apps.patchNamespacedDeployment({ ...service, body: replacing, dryRun: 'All' }, mergePatch);
    expect(replaced.spec?.template.spec?.containers[0]?.env).toBeUndefined();
  });

  it('answers 409 to a resourceVersion that is no longer the newest', async () => {
    const body = { metadata: { resourceVersion: '1' }, spec: { replicas: 3 } };
    expect(await refusal(apps.patchNamespacedDeployment({ ...service, body }, mergePatch))).toMatchObject({
      code: 409,
      body: {
        reason: 'Conflict',
        message:
          'Operation cannot be fulfilled on deployments.apps "hotswap-api": the object has been modified; please apply your changes to the latest version and try again',
      },
    });
  });

  it('answers 400 to an object sent as a JSON patch, 415 to an unknown type, 422 to values that are not allowed', async () => {
    expect(await refusal(apps.patchNamespacedDeployment({ ...service, body: { spec: {} } }, jsonPatch))).toMatchObject({ code: 400 });
    const unknown = setHeaderOptions('Content-Type', 'application/json');
    expect(await refusal(apps.patchNamespacedDeployment({ ...service, body: {} }, unknown))).toMatchObject({
      code: 415,
      body: { reason: 'UnsupportedMediaType', message: '415: Unsupported Media Type', details: {} },
    });
    expect(await refusal(apps.patchNamespacedDeployment({ ...service, body: { spec: { replicas: -1 } } }, mergePatch))).toMatchObject({
      code: 422,
      body: {
        message: 'Deployment.apps "hotswap-api" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
        details: { causes: [{ reason: 'FieldValueInvalid', field: 'spec.replicas' }] },
      },
    });
  });

  it.each([
    [
      'labels that the selector does not select',
      { template: { metadata: { labels: { app: 'other' } } } },
      'spec.template.metadata.labels',
      'Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    ],
    [
      'a request above its limit',
      { template: { spec: { containers: [{ name: 'api', resources: { limits: { memory: '1Mi' } } }] } } },
      'spec.template.spec.containers[0].resources.requests',
      'Invalid value: "128Mi": must be less than or equal to memory limit',
    ],
  ])('answers 422 to %s, as a real API server does', async (_case, spec, field, message) => {
    const call = apps.patchNamespacedDeployment({ ...service, body: { spec }, dryRun: 'All' }, strategicPatch);
    expect(await refusal(call)).toMatchObject({
      code: 422,
      body: {
        message: `Deployment.apps "hotswap-api" is invalid: ${field}: ${message}`,
        details: { causes: [{ field, message, reason: 'FieldValueInvalid' }] },
      },
    });
  });

  it('blames the patch for a value of the wrong type and the field for another uid', async () => {
    const wrongType = apps.patchNamespacedDeployment({ ...service, body: { spec: { replicas: 'x' } } }, mergePatch);
    expect(await refusal(wrongType)).toMatchObject({
      code: 422,
      body: { details: { causes: [{ field: 'patch', reason: 'FieldValueInvalid' }] } },
    });
    const body = { metadata: { uid: '11111111-1111-4111-8111-111111111111' } };
    expect(await refusal(apps.patchNamespacedDeployment({ ...service, body }, mergePatch))).toMatchObject({
      code: 422,
      body: { details: { causes: [{ field: 'metadata.uid' }] } },
    });
  });

  it('serves the scale subresource', async () => {
    const scale = await apps.readNamespacedDeploymentScale(service);
    expect(scale).toMatchObject({ spec: { replicas: 2 }, status: { replicas: 2, selector: 'app=hotswap-api' } });
    const body = [
      { op: 'test', path: '/spec/replicas', value: 2 },
      { op: 'replace', path: '/spec/replicas', value: 4 },
    ];
    const dry = await apps.patchNamespacedDeploymentScale({ ...service, body, dryRun: 'All' }, jsonPatch);
    expect(dry.spec?.replicas).toBe(4);
    expect((await apps.readNamespacedDeployment(service)).spec?.replicas).toBe(2);
    await apps.patchNamespacedDeploymentScale({ ...service, body: { spec: { replicas: 4 } } }, mergePatch);
    await settled(cluster, 4);
    expect(await refusal(apps.patchNamespacedDeploymentScale({ ...service, body }, jsonPatch))).toMatchObject({ code: 422 });
  });

  it('shows one autoscaler as autoscaling/v2 and as v1', async () => {
    cluster.kubernetes.apply({
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: service,
      spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hotswap-api' }, minReplicas: 4, maxReplicas: 5 },
    });
    const old = cluster.client('admin', AutoscalingV1Api);
    const body = [
      { op: 'test', path: '/spec/maxReplicas', value: 5 },
      { op: 'replace', path: '/spec/maxReplicas', value: 6 },
    ];
    const patched = await old.patchNamespacedHorizontalPodAutoscaler({ ...service, body }, jsonPatch);
    expect(patched.spec).toMatchObject({ minReplicas: 4, maxReplicas: 6, targetCPUUtilizationPercentage: 80 });
    const current = await cluster.client('admin', AutoscalingV2Api).readNamespacedHorizontalPodAutoscaler(service);
    expect(current.spec?.maxReplicas).toBe(6);
    expect(current.spec?.metrics?.[0]?.resource?.target.averageUtilization).toBe(80);
    const crossed = old.patchNamespacedHorizontalPodAutoscaler({ ...service, body: { spec: { minReplicas: 7 } } }, mergePatch);
    expect(await refusal(crossed)).toMatchObject({
      code: 422,
      body: {
        message:
          'HorizontalPodAutoscaler.autoscaling "hotswap-api" is invalid: spec.maxReplicas: Invalid value: 6: must be greater than or equal to `minReplicas`',
      },
    });
  });

  it('loses nothing of an autoscaler that is written through autoscaling/v1', async () => {
    const resource = (name: string, averageUtilization: number) => ({
      type: 'Resource',
      resource: { name, target: { type: 'Utilization', averageUtilization } },
    });
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'nothing' };
    const behavior = { scaleDown: { stabilizationWindowSeconds: 60 } };
    const spec = { scaleTargetRef, minReplicas: 1, maxReplicas: 2, metrics: [resource('memory', 70), resource('cpu', 60)], behavior };
    const metadata = { name: 'rich', namespace: 'default' };
    cluster.kubernetes.apply({ apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata, spec });
    const old = cluster.client('admin', AutoscalingV1Api);
    await old.patchNamespacedHorizontalPodAutoscaler({ ...metadata, body: { spec: { maxReplicas: 3 } } }, mergePatch);
    expect(cluster.kubernetes.get('horizontalpodautoscalers', 'default', 'rich')?.spec).toEqual({ ...spec, maxReplicas: 3 });
  });
});
