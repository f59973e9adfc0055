import type { Random } from '../random.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import type { Identity } from './request.ts';

export const anonymous: Identity = { user: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The contexts of the kubeconfig, each with its bearer token and who that token is. */
export interface Account {
  readonly context: 'admin' | 'bot' | 'bot-fix';
  readonly token: string;
  readonly identity: Identity;
}

/** admin, and the service accounts hotswap-bot (reads) and hotswap-bot-fix (fixes) of the namespace. */
export function accounts(random: Random, namespace: string): Account[] {
  const token = (): string => `${random.suffix(8)}.${random.suffix(32)}`;
  return [
    { context: 'admin', token: token(), identity: { user: 'admin', groups: ['system:masters', 'system:authenticated'] } },
    { context: 'bot', token: token(), identity: serviceAccount(namespace, 'hotswap-bot') },
    { context: 'bot-fix', token: token(), identity: serviceAccount(namespace, 'hotswap-bot-fix') },
  ];
}

function serviceAccount(namespace: string, name: string): Identity {
  return {
    user: `system:serviceaccount:${namespace}:${name}`,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
  };
}

const group = (name: string): object => ({ kind: 'Group', name, apiGroup: 'rbac.authorization.k8s.io' });
const discoveryUrls = [
  '/api',
  '/api/*',
  '/apis',
  '/apis/*',
  '/healthz',
  '/livez',
  '/openapi',
  '/openapi/*',
  '/readyz',
  '/version',
  '/version/',
];

/** The RBAC objects that every cluster starts with, as far as they matter here. */
export function bootstrapRbac(store: ClusterStore): void {
  const role = (name: string, rules: readonly object[]) => store.clusterroles.insert({ metadata: { name }, rules });
  const bind = (name: string, groupName: string) =>
    store.clusterrolebindings.insert({ metadata: { name }, subjects: [group(groupName)], roleRef: { kind: 'ClusterRole', name } });
  role('cluster-admin', [
    { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
    { nonResourceURLs: ['*'], verbs: ['*'] },
  ]);
  role('system:discovery', [{ nonResourceURLs: discoveryUrls, verbs: ['get'] }]);
  role('system:basic-user', [
    { apiGroups: ['authorization.k8s.io'], resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], verbs: ['create'] },
  ]);
  role('system:public-info-viewer', [{ nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] }]);
  bind('cluster-admin', 'system:masters');
  bind('system:discovery', 'system:authenticated');
  bind('system:basic-user', 'system:authenticated');
  bind('system:public-info-viewer', 'system:unauthenticated');
}
