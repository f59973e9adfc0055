import { isAxiosError } from 'axios';
import connectNodeVault from 'node-vault';
import { z } from 'zod';
import { networkCode } from './read-errors.ts';
import { sendToVault, vaultAddresses } from './vault-requests.ts';
import { WriteRefusedError, WriteUncertainError } from './write-errors.ts';

export interface SecretName {
  readonly mount: string;
  readonly path: string;
}

/** The newest version of a secret, as its metadata tell. Times in ISO format with milliseconds; null: not deleted. */
export interface NewestVersion {
  readonly version: number;
  readonly createdAt: string;
  /** A deletion that was announced for later counts as none. */
  readonly deletedAt: string | null;
  readonly destroyed: boolean;
}

/** What the executor may do with secrets of version 2 of the key/value engine. It can read no value. */
export interface VaultWriter {
  /** Undefined: there is nothing at that path. Null: there are metadata, but no version. */
  newestVersion(secret: SecretName): Promise<NewestVersion | null | undefined>;
  /** What the token may do on a path of the API. */
  capabilities(path: string): Promise<readonly string[]>;
  undelete(secret: SecretName, version: number): Promise<void>;
  deleteVersion(secret: SecretName, version: number): Promise<void>;
  /**
   * Writes the first version, only where there is none (check-and-set 0). The value is neither logged nor part of any error.
   * @returns what Vault says that it has written.
   */
  create(secret: SecretName, data: Readonly<Record<string, string>>): Promise<Pick<NewestVersion, 'version' | 'createdAt'>>;
}

const Version = z.object({ created_time: z.string(), deletion_time: z.string().default(''), destroyed: z.boolean().default(false) });
const Metadata = z.object({ data: z.object({ current_version: z.number().int(), versions: z.record(z.string(), Version) }) });
const Written = z.object({ data: z.object({ version: z.number().int(), created_time: z.string() }) });
const Capabilities = z.object({ data: z.record(z.string(), z.array(z.string())) });

/**
 * Connects with the token that may change secrets. The servers are asked one after the other until one answers; a write goes
 * on to the next only where the one before certainly did not do it.
 */
export function connectVaultWriter(options: {
  readonly addresses: string | undefined;
  readonly token: string;
  readonly namespace: string | undefined;
  readonly timeoutMs: number;
}): VaultWriter {
  const { token, namespace, timeoutMs } = options;
  const servers = vaultAddresses(options.addresses).map((endpoint) =>
    connectNodeVault({
      endpoint,
      token,
      noCustomHTTPVerbs: true,
      'request-promise': { defaults: () => (request: unknown) => sendToVault(request, timeoutMs) },
      ...(namespace === undefined ? {} : { namespace }),
    }),
  );
  const ask = async (call: (server: (typeof servers)[number]) => Promise<unknown>): Promise<unknown> => {
    let last: Error = new WriteRefusedError('unreachable', 'No server of Vault is named for this target (vault.addressFrom).');
    for (const server of servers) {
      try {
        return await call(server);
      } catch (error) {
        last = classifyVaultWrite(error);
        if (!(last instanceof WriteRefusedError) || last.code !== 'unreachable') throw last;
      }
    }
    throw last;
  };
  return {
    async newestVersion({ mount, path }) {
      try {
        return newestOf(understood(Metadata, await ask((vault) => vault.read(`${mount}/metadata/${path}`))).data);
      } catch (error) {
        if (error instanceof WriteRefusedError && error.code === 'gone') return undefined;
        throw error;
      }
    },
    async capabilities(path) {
      const answer = await ask((vault) => vault.write('sys/capabilities-self', { paths: [path] }));
      return understood(Capabilities, answer).data[path] ?? [];
    },
    async undelete({ mount, path }, version) {
      await ask((vault) => vault.write(`${mount}/undelete/${path}`, { versions: [version] }));
    },
    async deleteVersion({ mount, path }, version) {
      await ask((vault) => vault.write(`${mount}/delete/${path}`, { versions: [version] }));
    },
    async create({ mount, path }, data) {
      const answer = await ask((vault) => vault.write(`${mount}/data/${path}`, { options: { cas: 0 }, data }));
      const { version, created_time } = understood(Written, answer).data;
      return { version, createdAt: timeOf(created_time) ?? created_time };
    },
  };
}

function understood<Schema extends z.ZodType>(schema: Schema, answer: unknown): z.output<Schema> {
  const parsed = schema.safeParse(answer);
  if (!parsed.success) throw new WriteUncertainError('What answers as Vault cannot be understood.');
  return parsed.data;
}

function newestOf({ current_version, versions }: z.output<typeof Metadata>['data']): NewestVersion | null {
  const newest = versions[current_version];
  if (newest === undefined) return null;
  const deletedAt = timeOf(newest.deletion_time);
  return {
    version: current_version,
    createdAt: timeOf(newest.created_time) ?? newest.created_time,
    deletedAt: deletedAt === null || Date.parse(deletedAt) > Date.now() ? null : deletedAt,
    destroyed: newest.destroyed,
  };
}

function timeOf(text: string): string | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time).toISOString();
}

/** node-vault's ApiResponseError: the status and the body stand in `response`. */
const Refusal = z.object({ response: z.object({ statusCode: z.number(), body: z.unknown() }) });
const Body = z.object({ errors: z.array(z.string()).default([]), warnings: z.array(z.string()).nullish() });

/** Codes of a connection that never was: nothing can have arrived. */
const NEVER_ARRIVED = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/**
 * Whether Vault certainly did not do it, or may have. The error is not kept as the cause: an axios error holds the request,
 * with the token and with what was to be written.
 */
function classifyVaultWrite(error: unknown): Error {
  const refusal = Refusal.safeParse(error);
  if (refusal.success) return classifyAnswer(refusal.data.response.statusCode, refusal.data.response.body);
  const code = networkCode(error);
  if (code !== undefined && NEVER_ARRIVED.has(code)) return new WriteRefusedError('unreachable', `Vault could not be reached (${code}).`);
  if (isAxiosError(error) || code !== undefined)
    return new WriteUncertainError(`Vault did not answer${code === undefined ? '' : ` (${code})`}.`);
  return error instanceof Error ? error : new Error('the Vault client failed with something that is no error');
}

function classifyAnswer(status: number, body: unknown): Error {
  const { data } = Body.safeParse(body);
  const said = [...(data?.errors ?? []), ...(data?.warnings ?? [])].join(' ').replace(/\s+/g, ' ').trim();
  const words = said === '' ? '' : `: ${said}`;
  if (status === 403) return new WriteRefusedError('forbidden', `Vault refused (403)${words}.`);
  if (status === 404) return new WriteRefusedError('gone', `Vault has nothing there (404)${words}.`);
  if (status === 400 && /check-and-set/.test(said))
    return new WriteRefusedError('precondition', 'A secret exists there already (check-and-set 0).');
  if (notServing(status, said)) return new WriteRefusedError('unreachable', `This server of Vault cannot serve (${status})${words}.`);
  if (status >= 500) return new WriteUncertainError(`Vault answered ${status}${words}.`);
  return new WriteRefusedError('refused', `Vault answered ${status}${words}.`);
}

/** Sealed, not active and without one that is, a standby that was asked directly, or one that sends elsewhere. */
const notServing = (status: number, said: string) =>
  status === 503 ||
  status === 429 ||
  status === 472 ||
  status === 473 ||
  (status >= 300 && status < 400) ||
  /local node not active/.test(said);
