import { z } from 'zod';
import { type Answer, data, errors, type VaultRequest } from './answer.ts';
import type { Node, VaultCluster } from './cluster.ts';
import { knowsMount } from './policies.ts';
import { type Token, ttlOf } from './tokens.ts';

const VERSION = '1.19.5';

/** What a server says of itself to anybody: it needs no token and no unsealed server. Undefined: the path is none of these. */
export function answerAboutNode(cluster: VaultCluster, node: Node, request: VaultRequest): Answer | undefined {
  switch (request.path) {
    case 'sys/seal-status':
      return request.method === 'GET' ? { status: 200, body: sealStatus(cluster, node) } : errors(405);
    case 'sys/health':
      return request.method === 'GET' || request.method === 'HEAD' ? health(cluster, node, request.query) : errors(405);
    case 'sys/unseal':
      return request.method === 'POST' || request.method === 'PUT' ? unseal(cluster, node, request.body) : errors(405);
    case 'sys/init':
      return { status: 200, body: { initialized: cluster.initialized } };
    default:
      return undefined;
  }
}

function sealStatus(cluster: VaultCluster, node: Node): object {
  const { initialized, sealType, threshold, shares } = cluster;
  const sealed = node.sealed || !initialized;
  return {
    type: sealType,
    initialized,
    sealed,
    t: initialized ? threshold : 0,
    n: initialized ? shares : 0,
    progress: node.progress,
    nonce: node.nonce,
    version: VERSION,
    build_date: '2025-05-30T12:46:00Z',
    migration: false,
    ...(sealed ? {} : { cluster_name: cluster.name, cluster_id: cluster.id }),
    recovery_seal: sealType !== 'shamir',
    storage_type: 'raft',
    removed_from_cluster: false,
  };
}

const Unseal = z.object({ key: z.string().optional(), reset: z.boolean().default(false) });

/** `vault operator unseal`: it needs no token, because it is there before anything can be checked. */
function unseal(cluster: VaultCluster, node: Node, body: unknown): Answer {
  const { data } = Unseal.safeParse(body);
  if (data === undefined || (data.key === undefined && !data.reset))
    return errors(400, "'key' must be specified in request body as JSON, or 'reset' set to true");
  if (!cluster.initialized) return errors(400, 'server is not yet initialized');
  if (data.reset) cluster.resetUnseal(node);
  else if (!cluster.giveKey(node, data.key ?? '')) return errors(400, "'key' must be a valid hex or base64 string");
  return { status: 200, body: sealStatus(cluster, node) };
}

const DEFAULT_CODES = { activecode: 200, standbycode: 429, haunhealthycode: 474, sealedcode: 503, uninitcode: 501 } as const;

function health(cluster: VaultCluster, node: Node, query: URLSearchParams): Answer {
  const sealed = node.sealed || !cluster.initialized;
  const standby = sealed || node.role !== 'active';
  const code = (name: keyof typeof DEFAULT_CODES): number => Number(query.get(name) ?? DEFAULT_CODES[name]);
  const status = (): number => {
    if (!cluster.initialized) return code('uninitcode');
    if (sealed) return code('sealedcode');
    if (!standby) return code('activecode');
    if (cluster.active() === undefined) return code('haunhealthycode');
    return query.has('standbyok') ? code('activecode') : code('standbycode');
  };
  const body = {
    initialized: cluster.initialized,
    sealed,
    standby,
    performance_standby: false,
    replication_performance_mode: sealed ? 'unknown' : 'disabled',
    replication_dr_mode: sealed ? 'unknown' : 'disabled',
    server_time_utc: Math.floor(Date.now() / 1_000),
    version: VERSION,
    enterprise: false,
    ...(sealed ? {} : { cluster_name: cluster.name, cluster_id: cluster.id }),
    echo_duration_ms: 0,
    clock_skew_ms: 0,
    ...(standby && !sealed ? { ha_connection_healthy: cluster.active() !== undefined } : {}),
    removed_from_cluster: false,
  };
  return { status: status(), body };
}

const Paths = z.object({ paths: z.array(z.string()).optional(), path: z.array(z.string()).optional() });

/** What a token may ask about itself and about mounts. Undefined: the path is none of these. */
export function answerAboutToken(cluster: VaultCluster, token: Token, { path, method, body }: VaultRequest): Answer | undefined {
  if (path === 'auth/token/lookup-self' && method === 'GET') return data(describe(token));
  if (path === 'sys/capabilities-self' && method === 'POST') {
    const { paths, path: one } = Paths.parse(body);
    const asked = paths ?? one ?? [];
    const found = Object.fromEntries(asked.map((name) => [name, orDeny(cluster.capabilities(token, name))]));
    const answer = data(found);
    return { ...answer, body: { ...answer.body, ...found, ...(asked.length === 1 ? { capabilities: found[asked[0] ?? ''] } : {}) } };
  }
  const mount = /^sys\/internal\/ui\/mounts\/(.+)$/.exec(path)?.[1];
  return mount === undefined || method !== 'GET' ? undefined : describeMount(cluster, token, mount.replace(/\/$/, ''));
}

const orDeny = (capabilities: readonly string[]) => (capabilities.length === 0 ? ['deny'] : capabilities);

function describe(token: Token): object {
  return {
    accessor: token.accessor,
    creation_time: Math.floor(token.createdAt.getTime() / 1_000),
    creation_ttl: token.ttlSeconds,
    display_name: token.displayName,
    entity_id: '',
    expire_time: token.expiresAt?.toISOString() ?? null,
    explicit_max_ttl: 0,
    id: token.id,
    issue_time: token.createdAt.toISOString(),
    meta: null,
    num_uses: 0,
    orphan: true,
    path: 'auth/token/create-orphan',
    policies: token.policies,
    renewable: token.ttlSeconds !== 0,
    ttl: ttlOf(token),
    type: 'service',
  };
}

/** Vault answers the same for a mount that is not there and for one that the token knows nothing of. */
function describeMount(cluster: VaultCluster, token: Token, path: string): Answer {
  const name = [...cluster.mounts.keys()].find((candidate) => path === candidate || path.startsWith(`${candidate}/`));
  const mount = name === undefined ? undefined : cluster.mounts.get(name);
  if (name === undefined || mount === undefined || !knowsMount(name, cluster.policiesOf(token)))
    return errors(403, `preflight capability check returned 403, please ensure client's policies grant access to path "${path}/"`);
  return data({
    accessor: mount.accessor,
    config: { default_lease_ttl: 0, force_no_cache: false, max_lease_ttl: 0 },
    description: 'key/value secret storage',
    external_entropy_access: false,
    local: false,
    options: mount.version === 2 ? { version: '2' } : null,
    path: `${name}/`,
    seal_wrap: false,
    type: 'kv',
  });
}
