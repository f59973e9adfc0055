import { vaultSecretCheck } from '../checks/vault.secret.ts';
import { keyIs, loggedMissing, loggedWrongVersion, WITHOUT_KEY } from '../signs/vault.ts';
import { defineCause } from '../types.ts';

const isMissing = keyIs('missing', 'has no secret at all: no version, no metadata');

export const vaultSecretMissing = defineCause({
  id: 'vault.secret_missing',
  title: 'The signing key is not in Vault',
  requires: [isMissing, loggedMissing],
  contradicts: [loggedWrongVersion],
  direct: isMissing,
  explains: [...WITHOUT_KEY, 'vault.secret'],
  summary: (context) =>
    `There is nothing at ${context.facts(vaultSecretCheck)?.secret ?? 'the path of the key'}: it was never written there, or was removed with all its versions. Pods keep the key that they have until they are restarted.`,
  remediations: (context) => {
    const { mount = '', path = '' } = context.target.vault ?? {};
    const reason = 'writes a new random key where there is none (check-and-set 0). Every token that was issued before becomes invalid.';
    return [{ id: 'fix.vault.create_secret', params: { mount, path }, reason }];
  },
  advice: (context) => {
    const { mount = '', path = '' } = context.target.vault ?? {};
    return [
      `First see whether the path is right: vault kv list -mount=${mount} ${path.slice(0, path.lastIndexOf('/') + 1)}`,
      'Where a backup or a snapshot of Vault has the key, restore that: tokens that were issued stay valid.',
      `Else write a new one that nobody sees, and only where there is none: openssl rand -base64 48 | tr -d '\\n' | vault kv put -cas=0 -mount=${mount} ${path} value=-`,
    ];
  },
});
