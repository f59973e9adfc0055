import type { Binding, PolicyRule } from '../kinds/cluster.ts';
import { forbidden } from '../store/api-error.ts';
import type { ClusterStore } from '../store/cluster-store.ts';
import type { Identity, ResourceRequest } from './request.ts';

export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly plural: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

export interface Decision {
  readonly allowed: boolean;
  /** Which binding allows it, as RBAC words it; empty when nothing does. */
  readonly reason: string;
}

/** Whether RBAC lets somebody do something to a resource. */
export function decide(store: ClusterStore, who: Identity, what: Attributes): Decision {
  return decideBy(store, who, what.namespace, (rule) => ruleAllows(rule, what));
}

/** Whether RBAC lets somebody ask a path that is no resource, such as /version. */
export function decidePath(store: ClusterStore, who: Identity, verb: string, path: string): Decision {
  return decideBy(
    store,
    who,
    '',
    (rule) => (rule.nonResourceURLs ?? []).some((url) => urlMatches(url, path)) && includes(rule.verbs, verb),
  );
}

/** The 403 for a resource, in the API server's words. */
export function refusal(who: Identity, request: ResourceRequest): Error {
  const { group, plural, subresource, namespace, name, verb } = request;
  const resource = subresource === '' ? plural : `${plural}/${subresource}`;
  const scope = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const problem = `User "${who.user}" cannot ${verb} resource "${resource}" in API group "${group}" ${scope}`;
  return forbidden({ group, plural }, name, problem);
}

function decideBy(store: ClusterStore, who: Identity, namespace: string, allows: (rule: PolicyRule) => boolean): Decision {
  for (const binding of store.clusterrolebindings.list()) {
    const reason = allowedBy(store, binding, who, allows);
    if (reason !== undefined) return { allowed: true, reason };
  }
  if (namespace === '') return { allowed: false, reason: '' };
  for (const binding of store.rolebindings.list(namespace)) {
    const reason = allowedBy(store, binding, who, allows);
    if (reason !== undefined) return { allowed: true, reason };
  }
  return { allowed: false, reason: '' };
}

function allowedBy(store: ClusterStore, binding: Binding, who: Identity, allows: (rule: PolicyRule) => boolean): string | undefined {
  const subject = binding.subjects.find((candidate) => isSubject(candidate, binding, who));
  if (!subject) return undefined;
  const { kind, name } = binding.roleRef;
  const namespace = binding.metadata.namespace ?? '';
  const role = kind === 'ClusterRole' ? store.clusterroles.get('', name) : store.roles.get(namespace, name);
  if (!role?.rules.some(allows)) return undefined;
  const described = subject.kind === 'ServiceAccount' ? `${subject.name}/${subject.namespace ?? namespace}` : subject.name;
  const place = namespace === '' ? `ClusterRoleBinding "${binding.metadata.name}"` : `RoleBinding "${binding.metadata.name}/${namespace}"`;
  return `RBAC: allowed by ${place} of ${kind} "${name}" to ${subject.kind} "${described}"`;
}

function isSubject(subject: Binding['subjects'][number], binding: Binding, who: Identity): boolean {
  if (subject.kind === 'User') return subject.name === who.user;
  if (subject.kind === 'Group') return who.groups.includes(subject.name);
  const namespace = subject.namespace ?? binding.metadata.namespace ?? '';
  return who.user === `system:serviceaccount:${namespace}:${subject.name}`;
}

function ruleAllows(rule: PolicyRule, what: Attributes): boolean {
  const resource = what.subresource === '' ? what.plural : `${what.plural}/${what.subresource}`;
  const resourceMatches = rule.resources.some(
    (allowed) => allowed === '*' || allowed === resource || (what.subresource !== '' && allowed === `*/${what.subresource}`),
  );
  const nameMatches = rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(what.name);
  return includes(rule.verbs, what.verb) && includes(rule.apiGroups, what.group) && resourceMatches && nameMatches;
}

function includes(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

function urlMatches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : pattern === path;
}
