import { vaultMountCheck } from '../checks/vault.mount.ts';
import { vaultSecretCheck } from '../checks/vault.secret.ts';
import { loggedDenied, vaultServes, WITHOUT_KEY } from '../signs/vault.ts';
import { defineCause } from '../types.ts';

export const vaultAppPermissionDenied = defineCause({
  id: 'vault.app_permission_denied',
  title: "Vault's policy does not let the application read its signing key",
  requires: [vaultServes, loggedDenied],
  direct: loggedDenied,
  explains: WITHOUT_KEY,
  summary: (context) =>
    `Vault serves, and refuses the application with "permission denied": its token is valid, but no policy of it lets it read ${context.facts(vaultSecretCheck)?.secret ?? 'its key'}.`,
  advice: (context) => {
    const { mount = 'secret', path = '' } = context.target.vault ?? {};
    const versioned = context.facts(vaultMountCheck)?.version !== 1;
    const needed = versioned ? `${mount}/data/${path}` : `${mount}/${path}`;
    return [
      `Let the application's policy name "${needed}" with read. ${versioned ? `On version 2 of the key/value engine a rule for "${mount}/${path}" matches nothing: "data/" belongs between mount and path.` : ''}`.trim(),
      `Whoever holds the application's token can see what it may do there (with VAULT_TOKEN set to it, on their own machine): vault token capabilities ${needed}`,
      'With the Kubernetes auth method, compare the role with the service account and namespace of the pods; with Vault Enterprise, the namespace header.',
      'Vault takes a changed policy up at once: no new token and no restart are needed.',
    ];
  },
});
