import { connectKubernetesWriter } from '../../../../src/clients/kubernetes-write.ts';
import { withoutPool } from '../../../../src/diagnostics/rules/connection-string.ts';
import { templateHash } from '../../../../src/remediations/template-hash.ts';
import { valueHash } from '../../../../src/remediations/value-hash.ts';
import { available, startCluster } from '../../../support/cluster.ts';
import { until } from '../../../support/service-database.ts';
import type { Scenes } from './scene.ts';

const CONNECTION = 'Host=db;Database=hotswap;Maximum Pool Size=5';
const MONITOR = { namespace: 'default', name: 'hotswap-api-hotswap-bot' };
const monitor = { ...MONITOR, labels: { release: 'prod' }, matchLabels: { app: 'hotswap-api' }, port: 'http', path: '/metrics' };

async function world(options: Partial<Parameters<typeof startCluster>[0]> = {}) {
  const cluster = await startCluster({ replicas: 2, ...options });
  const writer = connectKubernetesWriter({ kubeconfig: cluster.kubeconfigPath, context: 'bot-fix', timeoutMs: 3_000 });
  const { uid = '', generation = 0 } = cluster.get('deployments', 'default', 'hotswap-api')?.metadata ?? {};
  return { cluster, writer, ports: { kubernetes: writer }, workload: { namespace: 'default', name: 'hotswap-api', uid }, generation };
}

export const KUBERNETES: Scenes<
  | 'k8s.scale'
  | 'k8s.hpa_bounds'
  | 'k8s.restart'
  | 'k8s.rollback'
  | 'k8s.evict_pod'
  | 'k8s.create_servicemonitor'
  | 'k8s.delete_servicemonitor'
  | 'k8s.container_memory'
  | 'k8s.container_env'
  | 'k8s.pool_size'
> = {
  async 'k8s.scale'() {
    const { ports, workload } = await world();
    return { ports, step: { verb: 'k8s.scale', ...workload, from: 2, to: 4 } };
  },
  async 'k8s.hpa_bounds'() {
    const { ports, cluster, workload } = await world({ bounds: [2, 4] });
    const uid = cluster.get('horizontalpodautoscalers', 'default', 'hotswap-api')?.metadata.uid ?? '';
    return { ports, step: { verb: 'k8s.hpa_bounds', ...workload, uid, from: { minimum: 2, maximum: 4 }, to: { minimum: 3, maximum: 8 } } };
  },
  async 'k8s.restart'() {
    const { ports, workload, generation } = await world();
    return { ports, step: { verb: 'k8s.restart', ...workload, generation } };
  },
  async 'k8s.rollback'() {
    const { ports, cluster, writer, workload } = await world();
    const template = async () => templateHash((await writer.readTemplate(workload)).spec.template);
    const first = await template();
    const container = { name: 'hotswap', image: 'hotswap:2' };
    cluster.patch('deployments', 'default', 'hotswap-api', { spec: { template: { spec: { containers: [container] } } } });
    const revision = (number: string) =>
      cluster.list('replicasets', 'default').find(({ metadata }) => metadata.annotations?.['deployment.kubernetes.io/revision'] === number);
    await until(() => revision('2') !== undefined && available(cluster) === 2, 'the second revision is rolled out');
    const { name: replicaSet = '', uid: replicaSetUid = '' } = revision('1')?.metadata ?? {};
    const before = await template();
    return { ports, step: { verb: 'k8s.rollback', ...workload, from: 2, before, revision: 1, replicaSet, replicaSetUid, template: first } };
  },
  async 'k8s.evict_pod'() {
    const { ports, cluster } = await world({ replicas: 3 });
    const { name = '', uid = '' } = cluster.list('pods', 'default')[0]?.metadata ?? {};
    return { ports, step: { verb: 'k8s.evict_pod', namespace: 'default', name, uid, deployment: 'hotswap-api' } };
  },
  async 'k8s.create_servicemonitor'() {
    const { ports } = await world();
    return { ports, step: { verb: 'k8s.create_servicemonitor', ...monitor } };
  },
  async 'k8s.delete_servicemonitor'() {
    const { ports, cluster } = await world();
    cluster.apply({ apiVersion: 'monitoring.coreos.com/v1', kind: 'ServiceMonitor', metadata: MONITOR, spec: {} });
    const uid = cluster.get('servicemonitors', 'default', MONITOR.name)?.metadata.uid ?? '';
    return { ports, step: { verb: 'k8s.delete_servicemonitor', ...MONITOR, uid } };
  },
  async 'k8s.container_memory'() {
    const { ports, cluster, workload } = await world();
    const resources = { requests: { memory: '128Mi' }, limits: { memory: '256Mi' } };
    const container = { name: 'hotswap', image: 'hotswap:1', resources };
    cluster.patch('deployments', 'default', 'hotswap-api', { spec: { template: { spec: { containers: [container] } } } });
    const [from, to] = [
      { request: '128Mi', limit: '256Mi' },
      { request: '128Mi', limit: '512Mi' },
    ];
    return { ports, step: { verb: 'k8s.container_memory', ...workload, container: 'hotswap', from, to } };
  },
  async 'k8s.container_env'() {
    const { ports, workload } = await world();
    const variables = [{ name: 'DOTNET_DbgEnableMiniDump', from: null, to: '1' }];
    return { ports, step: { verb: 'k8s.container_env', ...workload, container: 'hotswap', variables } };
  },
  async 'k8s.pool_size'() {
    const { ports, workload } = await world();
    const connection = { variable: 'ConnectionStrings__PostgreSql', rest: valueHash(withoutPool(CONNECTION) ?? '') };
    return { ports, step: { verb: 'k8s.pool_size', ...workload, container: 'hotswap', ...connection, from: 5, to: 15 } };
  },
};
