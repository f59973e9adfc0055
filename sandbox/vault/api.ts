import { type Answer, errors, type VaultRequest } from './answer.ts';
import type { Node, VaultCluster } from './cluster.ts';
import { answerFromMount, capabilityFor } from './engines.ts';
import { answerAboutNode, answerAboutToken } from './system.ts';
import type { Token } from './tokens.ts';

const SEALED = 'Vault is sealed';
const NOBODY_ACTIVE = 'local node not active but active cluster node not found';
const DENIED = 'permission denied';
/** What a token is told that has expired, was revoked or never was. */
const BAD_TOKEN = '2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n';

/** What one server answers. A standby hands everything but questions about itself to the active server. */
export function answerOf(cluster: VaultCluster, node: Node, request: VaultRequest): Answer {
  const own = answerAboutNode(cluster, node, request);
  if (own !== undefined) return own;
  if (node.sealed || !cluster.initialized) return errors(503, SEALED);
  if (cluster.active() === undefined) return errors(500, NOBODY_ACTIVE);
  if (request.token === undefined) return errors(403, DENIED);
  const token = cluster.tokens.find(request.token);
  return token === undefined ? errors(403, BAD_TOKEN) : answerTo(cluster, token, request);
}

function answerTo(cluster: VaultCluster, token: Token, request: VaultRequest): Answer {
  const about = answerAboutToken(cluster, token, request);
  if (about !== undefined) return about;
  const routed = cluster.route(request.path);
  if (routed === undefined) return errors(cluster.capabilities(token, request.path).length === 0 ? 403 : 404, DENIED);
  const needed = capabilityFor(routed.mount, routed.rest, request);
  const path = needed === 'list' && !request.path.endsWith('/') ? `${request.path}/` : request.path;
  if (!cluster.capabilities(token, path).includes(needed)) return errors(403, `1 error occurred:\n\t* ${DENIED}\n\n`);
  return answerFromMount(routed.mount, routed.rest, request);
}
