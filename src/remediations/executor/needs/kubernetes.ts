import type { Permission, VerbNeeds } from './types.ts';

const deployments = (...verbs: string[]): Permission => ({
  kind: 'kubernetes',
  apiGroup: 'apps',
  resource: 'deployments',
  verbs,
  named: true,
});

export const KUBERNETES_NEEDS = {
  'k8s.scale': {
    calls: [
      'PATCH deployments/<name>/scale, from 0 replicas deployments/<name> (JSON Patch: test uid and spec.replicas, replace spec.replicas; first with dryRun=All)',
      'GET deployments/<name>',
    ],
    permissions: [
      { kind: 'kubernetes', apiGroup: 'apps', resource: 'deployments/scale', verbs: ['patch'], named: true },
      deployments('get', 'patch'),
    ],
  },
  'k8s.hpa_bounds': {
    calls: [
      'PATCH horizontalpodautoscalers/<name> (JSON Patch: test uid and both bounds, replace them; first with dryRun=All)',
      'GET horizontalpodautoscalers/<name>',
    ],
    permissions: [
      { kind: 'kubernetes', apiGroup: 'autoscaling', resource: 'horizontalpodautoscalers', verbs: ['get', 'patch'], named: true },
    ],
  },
  'k8s.restart': {
    calls: [
      'PATCH deployments/<name> (JSON Patch: test uid and generation, set the annotation kubectl.kubernetes.io/restartedAt; first with dryRun=All)',
      'GET deployments/<name>',
    ],
    permissions: [deployments('get', 'patch')],
  },
  'k8s.container_memory': {
    calls: [
      'PATCH deployments/<name> (JSON Patch: test uid, generation, name of the container and its memory, replace limits.memory and requests.memory; first with dryRun=All)',
      'GET deployments/<name>',
    ],
    permissions: [deployments('get', 'patch')],
  },
  'k8s.container_env': {
    calls: [
      'PATCH deployments/<name> (JSON Patch: test uid, generation, name of the container and name and value of each variable, replace, add or remove it; first with dryRun=All)',
      'GET deployments/<name>',
    ],
    permissions: [deployments('get', 'patch')],
  },
  'k8s.pool_size': {
    calls: [
      'PATCH deployments/<name> (JSON Patch: test uid, generation, name of the container and the whole connection string, replace it by one with another Maximum Pool Size; first with dryRun=All)',
      'GET deployments/<name>',
    ],
    permissions: [deployments('get', 'patch')],
  },
  'k8s.rollback': {
    calls: [
      'PATCH deployments/<name> (JSON Patch: test uid, revision and spec.template, replace spec.template; first with dryRun=All)',
      'GET deployments/<name>',
      'GET replicasets/<name of the revision>',
    ],
    permissions: [
      deployments('get', 'patch'),
      { kind: 'kubernetes', apiGroup: 'apps', resource: 'replicasets', verbs: ['get'], named: false },
    ],
  },
  'k8s.evict_pod': {
    calls: [
      'POST pods/<name>/eviction (deleteOptions.preconditions.uid; first with dryRun=All)',
      'GET pods/<name>',
      'GET deployments/<name>',
    ],
    permissions: [
      { kind: 'kubernetes', apiGroup: '', resource: 'pods/eviction', verbs: ['create'], named: false },
      { kind: 'kubernetes', apiGroup: '', resource: 'pods', verbs: ['get'], named: false },
      deployments('get'),
    ],
  },
  'k8s.create_servicemonitor': {
    calls: ['POST servicemonitors (first with dryRun=All)', 'GET servicemonitors/<name>'],
    permissions: [
      { kind: 'kubernetes', apiGroup: 'monitoring.coreos.com', resource: 'servicemonitors', verbs: ['create'], named: false },
      {
        kind: 'kubernetes',
        apiGroup: 'monitoring.coreos.com',
        resource: 'servicemonitors',
        verbs: ['get'],
        named: true,
        suffix: '-hotswap-bot',
      },
    ],
  },
  'k8s.delete_servicemonitor': {
    calls: ['DELETE servicemonitors/<name> (preconditions.uid; first with dryRun=All)', 'GET servicemonitors/<name>'],
    permissions: [
      {
        kind: 'kubernetes',
        apiGroup: 'monitoring.coreos.com',
        resource: 'servicemonitors',
        verbs: ['get', 'delete'],
        named: true,
        suffix: '-hotswap-bot',
      },
    ],
  },
} satisfies Readonly<Record<string, VerbNeeds>>;
