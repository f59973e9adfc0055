import { vaultSecretCheck } from '../checks/vault.secret.ts';
import { keyIs, loggedMissing, WITHOUT_KEY } from '../signs/vault.ts';
import { defineCause } from '../types.ts';

const isDeleted = keyIs('deleted', 'has a newest version that was deleted, and that can be brought back');

export const vaultSecretDeleted = defineCause({
  id: 'vault.secret_deleted',
  title: 'The newest version of the signing key was deleted',
  requires: [isDeleted],
  direct: isDeleted,
  supports: [loggedMissing],
  explains: [...WITHOUT_KEY, 'vault.secret'],
  summary: (context) => {
    const secret = context.facts(vaultSecretCheck);
    return `Version ${secret?.version ?? '?'} of ${secret?.secret ?? 'the key'} was deleted at ${secret?.deletedAt ?? 'a time unknown'}. Its value is still there: bringing it back keeps the same key, so everybody stays signed in.`;
  },
  remediations: (context) => {
    const version = context.facts(vaultSecretCheck)?.version ?? null;
    const { mount = '', path = '' } = context.target.vault ?? {};
    if (version === null) return [];
    const reason = `brings version ${version} back as it was; tokens that were issued stay valid.`;
    return [{ id: 'fix.vault.undelete', params: { mount, path, version }, reason }];
  },
  advice: (context) => {
    const { mount = '', path = '' } = context.target.vault ?? {};
    const version = context.facts(vaultSecretCheck)?.version ?? '<version>';
    return [
      `Bring it back: vault kv undelete -mount=${mount} -versions=${version} ${path}`,
      'Do not write a new key instead: it would hide this one and end every session.',
    ];
  },
});
