import { vaultSecretCheck } from '../checks/vault.secret.ts';
import { keyIs, loggedMissing, WITHOUT_KEY } from '../signs/vault.ts';
import { defineCause } from '../types.ts';

const isDestroyed = keyIs('destroyed', 'has a newest version that was destroyed, and that cannot be brought back');

export const vaultSecretDestroyed = defineCause({
  id: 'vault.secret_destroyed',
  title: 'The newest version of the signing key was destroyed',
  requires: [isDestroyed],
  direct: isDestroyed,
  supports: [loggedMissing],
  explains: [...WITHOUT_KEY, 'vault.secret'],
  summary: (context) => {
    const secret = context.facts(vaultSecretCheck);
    const rest =
      secret?.lastGoodVersion === undefined || secret.lastGoodVersion === null
        ? 'No older version has its value either.'
        : `Version ${secret.lastGoodVersion} still has its value.`;
    return `Version ${secret?.version ?? '?'} of ${secret?.secret ?? 'the key'} was destroyed: its value is gone for good. ${rest} Pods keep the key that they have until they are restarted.`;
  },
  advice: (context) => {
    const { mount = '', path = '' } = context.target.vault ?? {};
    const good = context.facts(vaultSecretCheck)?.lastGoodVersion ?? null;
    return [
      'Do not restart pods yet: those that run are the only ones that still have the newest key.',
      ...(good === null
        ? [
            `Restore the key from a snapshot of Vault, or write a new one that nobody sees: openssl rand -base64 48 | tr -d '\\n' | vault kv put -mount=${mount} ${path} value=- (every token that was issued becomes invalid).`,
          ]
        : [
            `Make version ${good} the newest one again: vault kv rollback -mount=${mount} -version=${good} ${path} (tokens that were issued with the destroyed key become invalid).`,
          ]),
    ];
  },
});
