import { vaultSealCheck } from '../checks/vault.seal.ts';
import { count, form, some } from '../rules/phrases.ts';
import { decide, no, rule } from '../rules/rule.ts';
import { isSealed, isShamir, loggedSealed, NO_VAULT, PODS_RECOVER, serversOf, WITHOUT_VAULT } from '../signs/vault.ts';
import { defineCause } from '../types.ts';

const sealedByService = rule({ seal: vaultSealCheck }, ({ seal: { configured, servers } }) => {
  if (!configured) return no(NO_VAULT);
  const sealed = servers.filter((server) => isSealed(server) && !isShamir(server));
  return decide(
    sealed.length > 0,
    `${count(sealed.length, 'server')} of Vault ${form(sealed.length, 'is', 'are')} sealed, and should unseal through ${kinds(sealed)}.`,
    'No server of Vault is sealed that should unseal by itself.',
  );
});

export const vaultAutounsealBroken = defineCause({
  id: 'vault.autounseal_broken',
  title: 'Vault cannot unseal itself: its key service does not let it',
  requires: [sealedByService],
  direct: sealedByService,
  supports: [loggedSealed],
  explains: [...WITHOUT_VAULT, 'vault.no_active'],
  summary: (context) => {
    const servers = serversOf(context);
    const sealed = servers.filter((server) => isSealed(server) && !isShamir(server));
    return `${sealed.length} of ${count(servers.length, 'server')} of Vault ${form(sealed.length, 'is', 'are')} sealed (${some(sealed.map(({ address }) => address))}). They unseal by themselves through ${kinds(sealed)}, and did not: they cannot use it.`;
  },
  advice: (context) => {
    const sealed = serversOf(context).filter((server) => isSealed(server) && !isShamir(server));
    return [
      `Look at why Vault cannot use ${kinds(sealed)}: is the key enabled, may Vault's identity decrypt with it, does the network reach it? The log of each sealed server says which; after the repair, restart that server.`,
      'Do not look for key shares: with auto-unseal there are only recovery keys, and they cannot unseal.',
      PODS_RECOVER,
    ];
  },
});

const kinds = (servers: readonly { readonly type: string }[]) => [...new Set(servers.map(({ type }) => type))].join(', ');
