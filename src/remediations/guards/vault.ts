import { z } from 'zod';
import type { NamedTarget } from '../../config/settings.ts';
import type { VaultMount } from '../../diagnostics/evidence/vault-mount.ts';
import type { VaultSecret } from '../../diagnostics/evidence/vault-secret.ts';
import type { Draft, DraftResult, Refused } from '../plan.ts';
import { refuse } from './refusal.ts';

/** The version that an earlier request brought back or wrote: Undo deletes exactly it. */
const Removal = z.object({ version: z.int().positive(), createdAt: z.iso.datetime() });
type Removal = z.infer<typeof Removal>;

export interface SecretParams {
  readonly [key: string]: unknown;
  readonly mount: string;
  readonly path: string;
  readonly remove?: Removal | undefined;
}

/** Parameters that name the secret: the signing key of the target and no other one, whoever asks. */
export function secretParams(target: NamedTarget) {
  const { mount = '', path = '' } = target.vault ?? {};
  return {
    mount: z
      .string()
      .default(mount)
      .refine((asked) => asked === mount, `must be ${mount}, the mount of the signing key (vault.mount)`),
    path: z
      .string()
      .default(path)
      .refine((asked) => asked === path, `must be ${path}, the path of the signing key (vault.path)`),
    remove: Removal.optional(),
  };
}

/** Refuses where there is no Vault, or where the mount knows neither versions nor metadata. */
export function engineGuard(mount: VaultMount | null): Refused | undefined {
  if (mount === null)
    return refuse('no-vault', 'The target has no Vault.', 'Name its address and tokens under vault in config/hotswap.yaml.');
  if (mount.version === 2) return undefined;
  if (mount.version === null)
    return refuse('not-a-kv-mount', `The mount is of the kind "${mount.type}", and no key/value engine.`, 'Set vault.mount of the target.');
  return refuse(
    'kv-version-1',
    'The mount is of version 1 of the key/value engine: it keeps no versions, nothing can be brought back, and a write replaces what is there.',
    'Restore the key by hand from a backup of Vault, then move to version 2: vault kv enable-versioning <mount>.',
  );
}

/** One lock and one cool-down for everything that is done to a secret. */
export const secretIdentity = ({ mount, path }: SecretParams) => `vault:${mount}/${path}`;

/** The time as steps carry it. */
export const momentOf = (time: Date | null) => time?.toISOString() ?? '';

/** The way back: deletes the version that is there since the earlier request, where it still is the newest one. */
export function planRemoval({ mount, path }: SecretParams, remove: Removal, found: VaultSecret, effect: string): DraftResult {
  const { version, createdAt } = remove;
  const name = `version ${version} of ${mount}/${path}`;
  if (found.state === 'missing') return { kind: 'nothing-to-do', reason: `There is nothing at ${mount}/${path} any more.` };
  if (found.version !== version || momentOf(found.updatedAt) !== createdAt)
    return refuse(
      'newer-version',
      `The newest version of ${mount}/${path} is ${found.version ?? 'unknown'}, written at ${momentOf(found.updatedAt)}, and not the one to delete.`,
      'Somebody has written the key since: leave it, or delete a version by hand.',
    );
  if (found.state !== 'present') return { kind: 'nothing-to-do', reason: `The ${name} is ${found.state} already.` };
  const summary = `Delete ${name}. It can be brought back.`;
  const plan: Draft = {
    risk: 'R3',
    summary,
    identity: secretIdentity({ mount, path }),
    steps: [{ verb: 'vault.delete_version', mount, path, version, createdAt }],
    stepTexts: [`Delete ${name}, only where it still is the newest one. Nothing is destroyed.`],
    changes: [],
    touches: [effect],
    warnings: [],
    undo: {
      kind: 'none',
      text: `Bring it back with fix.vault.undelete, or by hand: vault kv undelete -mount=${mount} -versions=${version} ${path}`,
    },
    stop: { kind: 'none' },
    temporary: false,
  };
  return { kind: 'act', plan };
}
