import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { vaultServers } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';

const Answer = z.object({
  type: z.string().default('shamir'),
  initialized: z.boolean(),
  sealed: z.boolean(),
  t: z.number().int().default(0),
  n: z.number().int().default(0),
  progress: z.number().int().default(0),
  version: z.string().default(''),
});

/** A server of Vault that told about its seal. */
export interface SealOfServer {
  readonly address: string;
  readonly answered: true;
  readonly initialized: boolean;
  readonly sealed: boolean;
  /** `shamir`: people hold shares of the key. Everything else unseals by itself, through a key service. */
  readonly type: string;
  /** Shares that are needed, and that there are. Of auto-unseal: recovery keys, which cannot unseal. */
  readonly threshold: number;
  readonly shares: number;
  /** Shares that were given since it was sealed. */
  readonly progress: number;
  readonly version: string;
}

/** A server that did not tell: that is evidence as well. */
export interface SilentServer {
  readonly address: string;
  readonly answered: false;
  readonly message: string;
}

/** Null: the target has no Vault. */
type VaultSeal = readonly (SealOfServer | SilentServer)[] | null;

/** The seal of each server: it is each server's own, so one behind a load balancer would tell of one of them only. */
export const vaultSeal = defineSource<VaultSeal>({
  id: 'vault.seal',
  title: 'Seal of Vault',
  permission: 'network access to each server of Vault; no token',
  asked: (target) => vaultServers(target, 'sys/seal-status'),
  async collect(context) {
    if (context.target.vault === undefined) return { data: null, complete: true };
    return { data: await sealsOf(context), complete: true };
  },
});

/** The seal of each server that is configured, asked all at once. */
export function sealsOf(context: Pick<SourceContext, 'clients' | 'signal'>): Promise<(SealOfServer | SilentServer)[]> {
  return Promise.all(context.clients.vault.addresses.map((address) => sealOf(address, context)));
}

async function sealOf(
  address: string,
  { clients, signal }: Pick<SourceContext, 'clients' | 'signal'>,
): Promise<SealOfServer | SilentServer> {
  try {
    const answer = parseAnswer(Answer, await clients.vault.sealStatus(address, signal), `The seal status of ${address}`);
    const { t: threshold, n: shares, ...rest } = answer;
    return { address, answered: true, threshold, shares, ...rest };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    return { address, answered: false, message: error.message };
  }
}
