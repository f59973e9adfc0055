import { z } from 'zod';
import { vaultMount } from '../../diagnostics/evidence/vault-mount.ts';
import { type VaultSecret, vaultSecret } from '../../diagnostics/evidence/vault-secret.ts';
import { refuse } from '../guards/refusal.ts';
import { engineGuard, momentOf, planRemoval, type SecretParams, secretIdentity, secretParams } from '../guards/vault.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation } from '../types.ts';

const VERSION = 'must be the number of a version';
/** A number, or the text that a form makes of it. */
const Version = z.coerce.number(VERSION).int(VERSION).positive(VERSION);

interface UndeleteParams extends SecretParams {
  readonly version?: number | undefined;
}

/** Brings the newest version of the signing key back after it was deleted; its undo deletes that version again. */
export default defineRemediation({
  id: 'fix.vault.undelete',
  title: 'Bring the signing key back',
  risk: 'R3',
  verbs: ['vault.undelete', 'vault.delete_version'],
  manual: {
    about:
      'Brings the newest version of the signing key back after it was deleted. It is the same key, so everybody stays signed in. What was destroyed cannot be brought back. The value is neither read nor shown.',
    example: { version: 3 },
    parameters: {
      version: 'the newest version of the key; left out: the newest one',
      mount: '{vault.mount}, and no other',
      path: '{vault.path}, and no other',
      remove: 'set by Undo alone: number and time of the version to delete again',
    },
    refusals: {
      'no-vault': 'the target has no Vault',
      'not-a-kv-mount': 'the mount is no key/value engine',
      'kv-version-1': 'version 1 of the engine keeps no versions: restore the key by hand',
      'no-secret': 'there is nothing at the path: writing a new key is offered instead',
      destroyed: 'the newest version was destroyed',
      'newer-version': 'another version is the newest one',
    },
    verification: 'The metadata say that the version is not deleted any more.',
    undo: 'Deletes the same version again (nothing is destroyed), as a request of its own.',
    stop: 'None: it takes a moment.',
  },
  params: (target): z.ZodType<UndeleteParams> => z.object({ ...secretParams(target), version: Version.optional() }),
  form: ({ target, params }) => {
    const version = Version.safeParse(params.version);
    return {
      about: `Brings the newest version of ${target.vault?.mount ?? ''}/${target.vault?.path ?? ''} back, which was deleted. The key stays the same.`,
      closed: target.vault === undefined ? 'This target has no Vault.' : null,
      fields: version.success
        ? [
            {
              kind: 'choice',
              name: 'version',
              label: 'Version',
              hint: 'The newest one, as the diagnosis saw it. It is looked at again before anything is planned.',
              options: [{ value: String(version.data), label: `Version ${version.data}` }],
              initial: String(version.data),
            },
          ]
        : [],
    };
  },
  needs: () => ({ mount: vaultMount, secret: vaultSecret }),
  plan(params, evidence) {
    const refusal = engineGuard(evidence.mount.data);
    const found = evidence.secret.data;
    if (refusal !== undefined || found === null) return refusal ?? refuse('no-vault', 'The target has no Vault.', 'Configure it.');
    if (params.remove !== undefined)
      return planRemoval(params, params.remove, found, 'Pods that start from now on cannot get their signing key again.');
    const name = `${params.mount}/${params.path}`;
    if (found.state === 'missing' || found.version === null)
      return refuse(
        'no-secret',
        `There is nothing at ${name}: no version that could be brought back.`,
        'Restore it from a backup of Vault, or write a new key, which ends every session.',
        { remediation: 'fix.vault.create_secret', params: {} },
      );
    if (params.version !== undefined && params.version !== found.version)
      return refuse(
        'newer-version',
        `The newest version of ${name} is ${found.version}, not ${params.version}.`,
        'Diagnose again: somebody has written the key since. Only the newest version is what the service reads.',
      );
    if (found.state === 'destroyed')
      return refuse(
        'destroyed',
        `Version ${found.version} of ${name} was destroyed: its value is gone for good.`,
        found.lastGoodVersion === null
          ? 'No other version has its value either: write a new key by hand, which ends every session.'
          : `Version ${found.lastGoodVersion} still has its value: vault kv rollback -mount=${params.mount} -version=${found.lastGoodVersion} ${params.path}`,
      );
    if (found.state === 'present') return { kind: 'nothing-to-do', reason: `Version ${found.version} of ${name} is there already.` };
    return { kind: 'act', plan: planFor(params, found, found.version) };
  },
  undo: ({ params, facts }) => {
    const { mount, path, remove } = params;
    const back = z.object({ version: z.int(), createdAt: z.string() }).safeParse(facts[0]);
    return back.success && remove === undefined ? { mount, path, remove: back.data } : undefined;
  },
});

function planFor(params: UndeleteParams, found: VaultSecret, version: number): Draft {
  const { mount, path } = params;
  const deletedAt = momentOf(found.deletedAt);
  const createdAt = momentOf(found.updatedAt);
  const summary = `Bring version ${version} of ${mount}/${path} back, deleted at ${deletedAt}.`;
  return {
    risk: 'R3',
    summary,
    identity: secretIdentity(params),
    steps: [{ verb: 'vault.undelete', mount, path, version, createdAt, deletedAt }],
    stepTexts: [`Undelete version ${version} (written at ${createdAt}), only where it still is the newest one and not destroyed.`],
    changes: [],
    touches: ['The service reads its key again. It is the same key: tokens that were issued stay valid.'],
    warnings: [
      'Find out first whether it was deleted on purpose, for instance because the key had leaked: then write a new version instead.',
    ],
    undo: { kind: 'steps', text: `Delete version ${version} again, with a plan and approvals of its own.` },
    stop: { kind: 'none' },
    temporary: false,
  };
}
