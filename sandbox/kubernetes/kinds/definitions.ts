import { define } from '../store/definition.ts';
import { autoscalerSchema } from './autoscaler.ts';
import { autoscalingV1 } from './autoscaling-v1.ts';
import {
  bindingSchema,
  dataSchema,
  disruptionBudgetSchema,
  genericSchema,
  limitRangeSchema,
  namespaceSchema,
  nodeSchema,
  quotaSchema,
  roleSchema,
  serviceSchema,
  volumeClaimSchema,
} from './cluster.ts';
import { eventSchema, eventsV1 } from './event.ts';
import { podSchema } from './pod.ts';
import { deploymentSchema, replicaSetSchema, selectorIsImmutable } from './workload.ts';

const rbac = 'rbac.authorization.k8s.io/v1';
const withStatus = { statusSubresource: true };
/** What `kubectl get all` gets. */
const inAll = { categories: ['all'] };

/** Every kind that is stored, by the name that the world uses for it. */
export const definitions = {
  namespaces: define('v1', 'Namespace', 'namespaces', namespaceSchema, { ...withStatus, namespaced: false, shortNames: ['ns'] }),
  nodes: define('v1', 'Node', 'nodes', nodeSchema, { ...withStatus, namespaced: false, shortNames: ['no'] }),
  pods: define('v1', 'Pod', 'pods', podSchema, {
    ...withStatus,
    ...inAll,
    shortNames: ['po'],
    subresources: ['status', 'log', 'eviction', 'proxy'],
  }),
  services: define('v1', 'Service', 'services', serviceSchema, { ...withStatus, ...inAll, shortNames: ['svc'] }),
  endpoints: define('v1', 'Endpoints', 'endpoints', genericSchema, { shortNames: ['ep'] }),
  endpointslices: define('discovery.k8s.io/v1', 'EndpointSlice', 'endpointslices', genericSchema),
  events: define('v1', 'Event', 'events', eventSchema, { shortNames: ['ev'], views: [eventsV1] }),
  configmaps: define('v1', 'ConfigMap', 'configmaps', dataSchema, { shortNames: ['cm'] }),
  secrets: define('v1', 'Secret', 'secrets', dataSchema),
  serviceaccounts: define('v1', 'ServiceAccount', 'serviceaccounts', genericSchema, { shortNames: ['sa'] }),
  resourcequotas: define('v1', 'ResourceQuota', 'resourcequotas', quotaSchema, { ...withStatus, shortNames: ['quota'] }),
  limitranges: define('v1', 'LimitRange', 'limitranges', limitRangeSchema, { shortNames: ['limits'] }),
  persistentvolumeclaims: define('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', volumeClaimSchema, {
    ...withStatus,
    shortNames: ['pvc'],
  }),
  deployments: define('apps/v1', 'Deployment', 'deployments', deploymentSchema, {
    ...withStatus,
    ...inAll,
    shortNames: ['deploy'],
    generation: 'spec-and-annotations',
    subresources: ['status', 'scale'],
    forbidsUpdate: selectorIsImmutable,
  }),
  replicasets: define('apps/v1', 'ReplicaSet', 'replicasets', replicaSetSchema, {
    ...withStatus,
    ...inAll,
    shortNames: ['rs'],
    generation: 'spec',
    subresources: ['status', 'scale'],
    forbidsUpdate: selectorIsImmutable,
  }),
  horizontalpodautoscalers: define('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', autoscalerSchema, {
    ...withStatus,
    ...inAll,
    shortNames: ['hpa'],
    views: [autoscalingV1],
  }),
  poddisruptionbudgets: define('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', disruptionBudgetSchema, {
    ...withStatus,
    shortNames: ['pdb'],
    generation: 'spec',
  }),
  ingresses: define('networking.k8s.io/v1', 'Ingress', 'ingresses', genericSchema, {
    ...withStatus,
    shortNames: ['ing'],
    generation: 'spec',
  }),
  roles: define(rbac, 'Role', 'roles', roleSchema),
  rolebindings: define(rbac, 'RoleBinding', 'rolebindings', bindingSchema),
  clusterroles: define(rbac, 'ClusterRole', 'clusterroles', roleSchema, { namespaced: false }),
  clusterrolebindings: define(rbac, 'ClusterRoleBinding', 'clusterrolebindings', bindingSchema, { namespaced: false }),
  servicemonitors: define('monitoring.coreos.com/v1', 'ServiceMonitor', 'servicemonitors', genericSchema, {
    custom: true,
    generation: 'spec',
    shortNames: ['smon'],
  }),
  podmonitors: define('monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors', genericSchema, {
    custom: true,
    generation: 'spec',
    shortNames: ['pmon'],
  }),
};
