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
      'PATCH deployments/<name>/scale (JSON Patch: test uid and spec.replicas, replace spec.replicas; first with dryRun=All)',
      'GET deployments/<name>',
    ],
    permissions: [
      { kind: 'kubernetes', apiGroup: 'apps', resource: 'deployments/scale', verbs: ['patch'], named: true },
      deployments('get'),
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
} satisfies Readonly<Record<string, VerbNeeds>>;
