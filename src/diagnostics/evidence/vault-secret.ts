import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { vaultApi } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { vaultMount } from './vault-mount.ts';

const Version = z.object({ created_time: z.string(), deletion_time: z.string().default(''), destroyed: z.boolean().default(false) });
const Metadata = z.object({
  data: z.object({
    current_version: z.number().int(),
    updated_time: z.string(),
    custom_metadata: z.record(z.string(), z.string()).nullish(),
    versions: z.record(z.string(), Version),
  }),
});
const Keys = z.object({ data: z.object({ keys: z.array(z.string()) }) });

/** The signing key as its metadata tell. What was never versioned has no numbers and times: null. */
export interface VaultSecret {
  readonly state: 'present' | 'missing' | 'deleted' | 'destroyed';
  readonly version: number | null;
  readonly updatedAt: Date | null;
  /** When the newest version was deleted. */
  readonly deletedAt: Date | null;
  /** The newest version that still has its value, where that is not the newest one. */
  readonly lastGoodVersion: number | null;
  /** What the metadata say of its rotation; null: nothing. */
  readonly rotationDays: number | null;
}

/** Whether the signing key is there: metadata alone, its value is never read. Null: the target has no Vault. */
export const vaultSecret = defineSource<VaultSecret | null>({
  id: 'vault.secret',
  title: 'Metadata of the signing key',
  permission: 'Vault policy: read on <mount>/metadata/<path>, or in version 1 list on <mount>/<folder>/ (deploy/vault-policy.hcl)',
  asked: (target) => vaultApi(target, `${target.vault?.mount ?? 'secret'}/metadata/${target.vault?.path ?? ''}`),
  async collect(context) {
    if (context.target.vault === undefined) return { data: null, complete: true };
    const { data: mount } = await context.require(vaultMount);
    if (mount?.version === 1) return { data: await readUnversioned(context), complete: true, asked: askedOfFolder(context) };
    if (mount?.version === 2) return { data: await readVersioned(context), complete: true };
    throw new ReadError('not-served', `The mount is of the kind "${mount?.type ?? ''}", and no key/value engine.`, {
      mend: 'Set vault.mount of the target to the mount of the key/value engine.',
    });
  },
});

const NOTHING: VaultSecret = {
  state: 'missing',
  version: null,
  updatedAt: null,
  deletedAt: null,
  lastGoodVersion: null,
  rotationDays: null,
};

async function readVersioned({ target, clients, signal, now }: SourceContext): Promise<VaultSecret> {
  const { mount = '', path = '', rotationMetadata = '' } = target.vault ?? {};
  const answer = await clients.vault.metadata(mount, path, signal).catch(nothingThere);
  if (answer === undefined) return NOTHING;
  const { data } = parseAnswer(Metadata, answer, 'The metadata of the signing key');
  const numbers = Object.keys(data.versions).map(Number);
  const usable = numbers.filter((number) => isUsable(data.versions[number], now)).sort((a, b) => b - a);
  const newest = data.versions[data.current_version];
  if (newest === undefined) return NOTHING; // metadata can stand without any version
  return {
    state: newest.destroyed ? 'destroyed' : isUsable(newest, now) ? 'present' : 'deleted',
    version: data.current_version,
    updatedAt: timeOf(newest.created_time) ?? timeOf(data.updated_time),
    deletedAt: timeOf(newest.deletion_time),
    lastGoodVersion: usable[0] === undefined || usable[0] === data.current_version ? null : usable[0],
    rotationDays: daysOf(data.custom_metadata?.[rotationMetadata]),
  };
}

/** In version 1 a name in its folder is all that can be seen without the value. */
async function readUnversioned(context: SourceContext): Promise<VaultSecret> {
  const { folder, name } = placeOf(context);
  const answer = await context.clients.vault.list(context.target.vault?.mount ?? '', folder, context.signal).catch(nothingThere);
  const keys = answer === undefined ? [] : parseAnswer(Keys, answer, 'The folder of the signing key').data.keys;
  return keys.includes(name) ? { ...NOTHING, state: 'present' } : NOTHING;
}

function placeOf({ target }: Pick<SourceContext, 'target'>): { folder: string; name: string } {
  const path = target.vault?.path ?? '';
  const end = path.lastIndexOf('/') + 1;
  return { folder: path.slice(0, end), name: path.slice(end) };
}

const askedOfFolder = (context: SourceContext) =>
  vaultApi(context.target, `${context.target.vault?.mount ?? ''}/${placeOf(context).folder}?list=true`);

function nothingThere(error: unknown): undefined {
  if (error instanceof ReadError && error.reason === 'not-found') return undefined;
  throw error;
}

/** A deletion time in the future announces a deletion, as `delete_version_after` makes it: until then it is usable. */
function isUsable(version: z.output<typeof Version> | undefined, now: Date): boolean {
  if (version === undefined || version.destroyed) return false;
  const deletedAt = timeOf(version.deletion_time);
  return deletedAt === null || deletedAt.getTime() > now.getTime();
}

function timeOf(text: string): Date | null {
  const time = Date.parse(text);
  return Number.isNaN(time) ? null : new Date(time);
}

function daysOf(text: string | undefined): number | null {
  const days = Number(text ?? '');
  return Number.isFinite(days) && days > 0 ? days : null;
}
