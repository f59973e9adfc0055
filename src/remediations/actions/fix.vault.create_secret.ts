import { z } from 'zod';
import { vaultMount } from '../../diagnostics/evidence/vault-mount.ts';
import { vaultSecret } from '../../diagnostics/evidence/vault-secret.ts';
import { refuse } from '../guards/refusal.ts';
import { engineGuard, momentOf, planRemoval, type SecretParams, secretIdentity, secretParams } from '../guards/vault.ts';
import type { Draft } from '../plan.ts';
import { defineRemediation } from '../types.ts';

/** Random bytes of a new key: 384 bits, 64 characters in base64. The service asks for at least 32 characters. */
const KEY_BYTES = 48;

/** Writes a signing key where there is none; its undo deletes that version. */
export default defineRemediation({
  id: 'fix.vault.create_secret',
  title: 'Write a new signing key',
  risk: 'R3',
  verbs: ['vault.create_secret', 'vault.delete_version'],
  manual: {
    about: `Writes a new signing key of ${KEY_BYTES} random bytes (base64) where there is none. It is made in the executor, sent to Vault, and neither shown, logged nor stored by the bot. Every token that was signed with the old key becomes invalid. Never writes over a secret (check-and-set 0).`,
    example: {},
    parameters: {
      mount: '{vault.mount}, and no other',
      path: '{vault.path}, and no other; the field is {vault.field}',
      remove: 'set by Undo alone: number and time of the version to delete',
    },
    refusals: {
      'no-vault': 'the target has no Vault',
      'not-a-kv-mount': 'the mount is no key/value engine',
      'kv-version-1': 'version 1 of the engine has no check-and-set: a write could replace a key',
      'secret-exists': 'there is a secret, in whatever state: bringing it back is offered where it was deleted',
      'newer-version': 'Undo: another version is the newest one',
    },
    verification: 'The metadata show version 1, written after the step began.',
    undo: 'Deletes that version (nothing is destroyed), as a request of its own. The old key does not come back by it.',
    stop: 'None: it takes a moment.',
  },
  params: (target): z.ZodType<SecretParams> => z.object(secretParams(target)),
  form: ({ target }) => ({
    about: `Writes a new random signing key to ${target.vault?.mount ?? ''}/${target.vault?.path ?? ''}, only where there is none. EVERY token that was issued becomes invalid: everybody must sign in again.`,
    closed: target.vault === undefined ? 'This target has no Vault.' : null,
    fields: [],
  }),
  needs: () => ({ mount: vaultMount, secret: vaultSecret }),
  plan(params, evidence, { target }) {
    const refusal = engineGuard(evidence.mount.data);
    const found = evidence.secret.data;
    const { vault } = target;
    if (refusal !== undefined || found === null || vault === undefined)
      return refusal ?? refuse('no-vault', 'The target has no Vault.', 'Configure it.');
    if (params.remove !== undefined)
      return planRemoval(params, params.remove, found, 'Pods that start from now on cannot get a signing key; there is none then.');
    if (found.state === 'missing') return { kind: 'act', plan: planFor(params, vault.field) };
    const name = `${params.mount}/${params.path}`;
    return found.state === 'deleted'
      ? refuse(
          'secret-exists',
          `${name} exists: its version ${found.version} was deleted at ${momentOf(found.deletedAt)} and can be brought back.`,
          'Bring it back: it is the same key, and everybody stays signed in.',
          { remediation: 'fix.vault.undelete', params: found.version === null ? {} : { version: found.version } },
        )
      : refuse(
          'secret-exists',
          `${name} exists: its newest version is ${found.version ?? 'unknown'}, and ${found.state}.`,
          'The bot never writes over a secret. Write a new version by hand where that is meant.',
        );
  },
  undo: ({ params: { mount, path, remove }, facts }) => {
    const made = z.object({ version: z.int(), createdAt: z.string() }).safeParse(facts[0]);
    return made.success && remove === undefined ? { mount, path, remove: made.data } : undefined;
  },
});

function planFor(params: SecretParams, field: string): Draft {
  const { mount, path } = params;
  return {
    risk: 'R3',
    summary: `Write a new random signing key to ${mount}/${path}, where there is none.`,
    identity: secretIdentity(params),
    steps: [{ verb: 'vault.create_secret', mount, path, field, bytes: KEY_BYTES }],
    stepTexts: [
      `Write version 1 with "${field}" of ${KEY_BYTES} random bytes, made when it is written and shown to nobody (check-and-set 0).`,
    ],
    changes: [],
    touches: [
      'EVERY token that was signed with the old key becomes invalid, as soon as a pod takes the new one up: people and machines must sign in again.',
      'Pods that could not start get their key and start.',
    ],
    warnings: [
      'Where a backup or a snapshot of Vault has the old key, restore that instead: nobody is signed out then.',
      'Until all pods have taken the new key up, some refuse the tokens of others.',
    ],
    undo: { kind: 'steps', text: 'Delete version 1, with a plan and approvals of its own. The old key does not come back by it.' },
    stop: { kind: 'none' },
    temporary: false,
  };
}
