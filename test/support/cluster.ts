import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type KubernetesStandIn, startKubernetes } from '../../sandbox/kubernetes/server.ts';
import { until } from './service-database.ts';

const opened: { cluster: KubernetesStandIn; directory: string }[] = [];
afterEach(async () => {
  for (const { cluster, directory } of opened.splice(0)) {
    await cluster.close();
    rmSync(directory, { recursive: true, force: true });
  }
});

const deployment = (replicas: number, extra: object) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'hotswap-api', ...extra },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'hotswap-api' } },
    template: {
      metadata: { labels: { app: 'hotswap-api' } },
      spec: {
        containers: [
          {
            name: 'hotswap',
            image: 'hotswap:1',
            resources: { requests: { cpu: '250m', memory: '128Mi' } },
            env: [{ name: 'ConnectionStrings__PostgreSql', value: 'Host=db;Database=hotswap;Maximum Pool Size=5' }],
          },
        ],
      },
    },
  },
});

const autoscaler = (minReplicas: number, maxReplicas: number) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'hotswap-api' },
  spec: {
    minReplicas,
    maxReplicas,
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hotswap-api' },
    metrics: [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } }],
  },
});

/** A cluster with hotswap-api in it, rolled out, and the product's own RBAC. */
export async function startCluster(options: {
  readonly replicas: number;
  readonly bounds?: readonly [number, number];
  readonly metadata?: object;
  readonly notServed?: readonly string[];
}): Promise<KubernetesStandIn> {
  const directory = mkdtempSync(join(tmpdir(), 'hotswap-cluster-'));
  const { notServed = [] } = options;
  const cluster = await startKubernetes({ seed: 1, directory, notServed, tickMs: 50, autoscalerSyncMs: 300, timeScale: 50 });
  opened.push({ cluster, directory });
  cluster.apply(readFileSync('deploy/rbac.yaml', 'utf8'));
  cluster.apply(deployment(options.replicas, options.metadata ?? {}));
  if (options.bounds !== undefined) cluster.apply(autoscaler(...options.bounds));
  await until(() => available(cluster) === options.replicas, 'hotswap-api is rolled out');
  return cluster;
}

export function available(cluster: KubernetesStandIn): number {
  return cluster.get('deployments', 'default', 'hotswap-api')?.status?.availableReplicas ?? 0;
}
