/** A rule of the Role of the fixing identity (deploy/rbac.yaml). */
interface KubernetesPermission {
  readonly kind: 'kubernetes';
  /** '' is the core group. */
  readonly apiGroup: string;
  readonly resource: string;
  readonly verbs: readonly string[];
  /** Restricted to the objects of the target by their names; Kubernetes cannot do that for `list` and `create`. */
  readonly named: boolean;
  /** What the name of the object has behind that of the Deployment; left out: nothing. */
  readonly suffix?: string;
}

/** A right of a role of the service's database. `owner`: what only who owns the table may do, so that nothing is granted. */
interface PostgresPermission {
  readonly kind: 'postgres';
  readonly role: 'hotswap_bot_fix' | 'owner';
  /** As it stands between GRANT and TO in deploy/database-roles.sql, one privilege a line: `pg_signal_backend`, `UPDATE (status) ON public.deployment_jobs`. */
  readonly right: string;
}

/** A path of the policy of the fixing token (deploy/vault-fix-policy.hcl), with the default mount and folder of the key. */
interface VaultPermission {
  readonly kind: 'vault';
  readonly path: string;
  readonly capabilities: readonly string[];
}

export type Permission = KubernetesPermission | PostgresPermission | VaultPermission;

/**
 * What a verb sends to the outside, and the least that the identity of the executor must be granted for it. Reads that go
 * out as that identity count; what a plan rests on is read as the reading identity, and is documented with its source.
 */
export interface VerbNeeds {
  /** Each request or statement, as one would type it, writes first. */
  readonly calls: readonly string[];
  readonly permissions: readonly Permission[];
}
