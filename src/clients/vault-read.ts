import axios from 'axios';
import connectNodeVault from 'node-vault';
import { ReadError } from './read-errors.ts';
import { classifyVaultError } from './vault-errors.ts';
import { sendToVault, vaultAddresses, vaultBounds } from './vault-requests.ts';

/** The health of one server: the status is what says most, so it is kept. */
export interface VaultHealthAnswer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * What may be asked of the Vault of a target. Answers are raw: each source of evidence parses its own. A secret's value is
 * never asked for.
 */
export interface VaultReader {
  /** Of each server that is configured; empty where the target has no Vault. */
  readonly addresses: readonly string[];
  /** Of one server, for the seal is each server's own. Needs no token. */
  sealStatus(address: string, signal: AbortSignal): Promise<unknown>;
  health(address: string, signal: AbortSignal): Promise<VaultHealthAnswer>;
  /** What the bot's own token is. The answer holds the token: keep what is needed. */
  lookupSelf(signal: AbortSignal): Promise<unknown>;
  capabilitiesSelf(paths: readonly string[], signal: AbortSignal): Promise<unknown>;
  mount(mount: string, signal: AbortSignal): Promise<unknown>;
  /** Metadata of a secret in version 2 of the key/value engine. */
  metadata(mount: string, path: string, signal: AbortSignal): Promise<unknown>;
  /** Names below a folder in version 1 of the key/value engine. */
  list(mount: string, folder: string, signal: AbortSignal): Promise<unknown>;
}

interface VaultOptions {
  /** Addresses separated by commas; undefined where the target has no Vault. */
  readonly addresses: string | undefined;
  readonly token: string | undefined;
  readonly namespace: string | undefined;
  readonly timeoutMs: number;
}

/** A server that takes longer is passed over for the next one: several must have their turn within one source's time. */
const LONGEST_WAIT_MS = 2_000;
/** Servers that may be asked one after the other within that time. */
const SERVERS_IN_TIME = 3.5;
/** Seal and health are asked of all servers at once, so that each may take longer: a busy one is not a silent one. */
const LONGEST_WAIT_OF_ALL_MS = 5_000;
const SHARE_OF_ALL = 0.6;

export function connectVaultReader({ addresses: text, token, namespace, timeoutMs }: VaultOptions): VaultReader {
  const addresses = vaultAddresses(text);
  const waitMs = Math.min(LONGEST_WAIT_MS, Math.floor(timeoutMs / SERVERS_IN_TIME));
  const waitOfAllMs = Math.min(LONGEST_WAIT_OF_ALL_MS, Math.floor(timeoutMs * SHARE_OF_ALL));
  const client = (address: string, signal: AbortSignal, withToken: boolean) =>
    connectNodeVault({
      endpoint: address,
      token: withToken ? (token ?? '') : '',
      noCustomHTTPVerbs: true,
      'request-promise': { defaults: () => (request: unknown) => sendToVault(request, withToken ? waitMs : waitOfAllMs, signal) },
      ...(namespace === undefined ? {} : { namespace }),
    });
  type Client = ReturnType<typeof client>;
  const one = async (address: string, signal: AbortSignal, ask: (of: Client) => Promise<unknown>): Promise<unknown> => {
    try {
      return await ask(client(address, signal, false));
    } catch (error) {
      throw classifyVaultError(error);
    }
  };
  /** Asks one server after the other until one is able to answer; a refusal is an answer. */
  const any = async (signal: AbortSignal, ask: (of: Client) => Promise<unknown>): Promise<unknown> => {
    let last: Error = notConfigured();
    for (const address of addresses) {
      try {
        return await ask(client(address, signal, true));
      } catch (error) {
        last = classifyVaultError(error);
        const next = last instanceof ReadError && (last.reason === 'unreachable' || last.reason === 'timeout');
        if (!next || signal.aborted) throw last;
      }
    }
    throw last;
  };
  return {
    addresses,
    sealStatus: (address, signal) => one(address, signal, (vault) => vault.status()),
    health: (address, signal) => readHealth(address, waitOfAllMs, signal),
    lookupSelf: (signal) => any(signal, (vault) => vault.tokenLookupSelf()),
    capabilitiesSelf: (paths, signal) => any(signal, (vault) => vault.write('sys/capabilities-self', { paths: [...paths] })),
    mount: (mount, signal) => any(signal, (vault) => vault.read(`sys/internal/ui/mounts/${mount}`)),
    metadata: (mount, path, signal) => any(signal, (vault) => vault.read(`${mount}/metadata/${path}`)),
    list: (mount, folder, signal) => any(signal, (vault) => vault.list(`${mount}/${folder}`)),
  };
}

function notConfigured(): ReadError {
  return new ReadError('not-configured', 'No Vault is configured for this target.', {
    mend: 'Name its addresses and a token as vault.addressFrom and vault.tokenFrom in config/hotswap.yaml.',
  });
}

/**
 * Without standbyok and perfstandbyok, with which an active server and a standby would answer the same. node-vault drops
 * the status, so it is not asked.
 */
async function readHealth(address: string, timeoutMs: number, signal: AbortSignal): Promise<VaultHealthAnswer> {
  try {
    const { status, data } = await axios.get<unknown>(`${address}/v1/sys/health`, vaultBounds(timeoutMs, signal));
    return { status, body: data };
  } catch (error) {
    throw classifyVaultError(error);
  }
}
