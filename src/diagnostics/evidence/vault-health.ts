import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { vaultServers } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';

const Body = z.object({ standby: z.boolean(), initialized: z.boolean(), sealed: z.boolean() });

/**
 * What a server is at the moment. `lost`: a standby that cannot reach the active server. `secondary`: of a disaster-recovery
 * cluster, which serves nobody. `removed`: it was taken out of the cluster. `silent`: it did not answer.
 */
export type ServerState = 'active' | 'standby' | 'lost' | 'secondary' | 'uninitialized' | 'sealed' | 'removed' | 'unknown' | 'silent';

export interface HealthOfServer {
  readonly address: string;
  /** Null where nobody answered. */
  readonly status: number | null;
  readonly state: ServerState;
  readonly message: string;
}

/** Null: the target has no Vault. */
type VaultHealth = readonly HealthOfServer[] | null;

export const vaultHealth = defineSource<VaultHealth>({
  id: 'vault.health',
  title: 'Health of Vault',
  permission: 'network access to each server of Vault; no token',
  asked: (target) => vaultServers(target, 'sys/health'),
  async collect(context) {
    if (context.target.vault === undefined) return { data: null, complete: true };
    return { data: await Promise.all(context.clients.vault.addresses.map((address) => healthOf(address, context))), complete: true };
  },
});

async function healthOf(address: string, { clients, signal }: SourceContext): Promise<HealthOfServer> {
  try {
    const { status, body } = await clients.vault.health(address, signal);
    return { address, status, state: stateOf(status, body), message: '' };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    return { address, status: null, state: 'silent', message: error.message };
  }
}

/** The codes of sys/health (Vault API documentation); 474 and 530 since 1.19. */
const STATES: Readonly<Record<number, ServerState>> = {
  429: 'standby',
  472: 'secondary',
  473: 'standby',
  474: 'lost',
  501: 'uninitialized',
  503: 'sealed',
  530: 'removed',
};

/** A load balancer in front may ask with other codes, so that 200 alone does not say who is active: the body does. */
function stateOf(status: number, body: unknown): ServerState {
  if (status !== 200) return STATES[status] ?? 'unknown';
  const { data } = Body.safeParse(body);
  if (data === undefined) return 'unknown';
  if (!data.initialized) return 'uninitialized';
  if (data.sealed) return 'sealed';
  return data.standby ? 'standby' : 'active';
}
