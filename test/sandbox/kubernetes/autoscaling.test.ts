import { AutoscalingV2Api, EventsV1Api } from '@kubernetes/client-node';
import { describe, expect, it } from 'vitest';
import { deploymentOf, eventually, rolledOut, service, type TestCluster, testCluster } from './cluster.ts';

function autoscaler(minReplicas: number, maxReplicas: number): object {
  const metrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }];
  const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hotswap-api' };
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: service,
    spec: { scaleTargetRef, minReplicas, maxReplicas, metrics },
  };
}

function conditionsOf(cluster: TestCluster): Record<string, string> {
  const conditions = cluster.kubernetes.get('horizontalpodautoscalers', 'default', 'hotswap-api')?.status.conditions ?? [];
  return Object.fromEntries(conditions.map(({ type, status, reason }) => [type, `${status} ${reason}`]));
}

describe('the autoscaler', () => {
  it('scales up to its maximum, says that it is limited, and comes down again', async () => {
    await using cluster = await testCluster({ downscaleStabilisationMs: 300 });
    cluster.runtime.cpuMillicores = 200;
    cluster.kubernetes.apply(deploymentOf(2));
    cluster.kubernetes.apply(autoscaler(2, 5));
    await rolledOut(cluster, 5);
    await eventually(
      () => conditionsOf(cluster),
      (seen) => seen.ScalingLimited === 'True TooManyReplicas' && seen.AbleToScale === 'True ReadyForNewScale',
    );
    expect(conditionsOf(cluster).ScalingActive).toBe('True ValidMetricFound');
    const seen = await cluster.client('admin', AutoscalingV2Api).readNamespacedHorizontalPodAutoscaler(service);
    expect(seen.status).toMatchObject({ currentReplicas: 5, desiredReplicas: 5 });
    expect(seen.status?.currentMetrics?.[0]?.resource?.current).toMatchObject({ averageUtilization: 200, averageValue: '200m' });
    expect(seen.status?.lastScaleTime).toBeInstanceOf(Date);
    const { items } = await cluster.client('admin', EventsV1Api).listNamespacedEvent({ namespace: 'default' });
    const notes = items.filter((event) => event.reason === 'SuccessfulRescale').map((event) => event.note);
    expect(notes).toContain('New size: 5; reason: cpu resource utilization (percentage of request) above target');
    cluster.runtime.cpuMillicores = 10;
    await rolledOut(cluster, 2);
    await eventually(
      () => conditionsOf(cluster),
      (now) => now.ScalingLimited === 'True TooFewReplicas',
    );
  });

  it('holds within the tolerance', async () => {
    await using cluster = await testCluster();
    cluster.runtime.cpuMillicores = 53;
    cluster.kubernetes.apply(deploymentOf(2));
    cluster.kubernetes.apply(autoscaler(1, 5));
    await eventually(
      () => conditionsOf(cluster),
      (seen) => seen.ScalingLimited === 'False DesiredWithinRange' && seen.ScalingActive === 'True ValidMetricFound',
    );
    expect(cluster.kubernetes.get('deployments', 'default', 'hotswap-api')?.spec.replicas).toBe(2);
  });

  it('says that it cannot see, that it is disabled, and that its target is missing', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(autoscaler(1, 5));
    await eventually(
      () => conditionsOf(cluster),
      (seen) => seen.AbleToScale === 'False FailedGetScale',
    );
    cluster.kubernetes.apply(deploymentOf(1));
    await rolledOut(cluster, 1);
    await eventually(
      () => conditionsOf(cluster),
      (seen) => seen.ScalingActive === 'True ValidMetricFound',
    );
    const heal = cluster.kubernetes.faults.fail(/metrics\.k8s\.io/, 503);
    await eventually(
      () => conditionsOf(cluster),
      (seen) => seen.ScalingActive === 'False FailedGetResourceMetric',
    );
    heal();
    cluster.kubernetes.patch('deployments', 'default', 'hotswap-api', { spec: { replicas: 0 } });
    await eventually(
      () => conditionsOf(cluster),
      (seen) => seen.ScalingActive === 'False ScalingDisabled',
    );
  });

  it('brings a Deployment back within its bounds', async () => {
    await using cluster = await testCluster();
    cluster.kubernetes.apply(deploymentOf(1));
    cluster.kubernetes.apply(autoscaler(3, 5));
    await rolledOut(cluster, 3);
  });
});
