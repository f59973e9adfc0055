import { vaultSealCheck } from '../checks/vault.seal.ts';
import { count, form, some } from '../rules/phrases.ts';
import { decide, no, rule } from '../rules/rule.ts';
import { isSealed, isShamir, loggedSealed, NO_VAULT, PODS_RECOVER, type SealServer, serversOf, WITHOUT_VAULT } from '../signs/vault.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const sealedByShares = rule({ seal: vaultSealCheck }, ({ seal: { configured, servers } }) => {
  if (!configured) return no(NO_VAULT);
  const sealed = servers.filter((server) => isSealed(server) && isShamir(server));
  return decide(
    sealed.length > 0,
    `${count(sealed.length, 'server')} of Vault ${form(sealed.length, 'is', 'are')} sealed and ${form(sealed.length, 'waits', 'wait')} for key shares.`,
    'No server of Vault is sealed that people unseal.',
  );
});

export const vaultSealed = defineCause({
  id: 'vault.sealed',
  title: 'Vault is sealed',
  requires: [sealedByShares],
  direct: sealedByShares,
  supports: [loggedSealed],
  explains: [...WITHOUT_VAULT, 'vault.no_active'],
  summary: (context) => {
    const sealed = sealedServers(context);
    const all = serversOf(context).length;
    const keys = some(sealed.map(({ address, progress, threshold }) => `${address} has ${progress} of ${threshold} key shares`));
    const effect =
      sealed.length === all
        ? 'Nothing can be read from it, and pods that start now cannot get their signing key.'
        : 'The others serve; pods that are configured for a sealed one cannot get their signing key.';
    return `${sealed.length} of ${count(all, 'server')} of Vault ${form(sealed.length, 'is', 'are')} sealed: ${keys}. ${effect}`;
  },
  advice: (context) => [
    ...sealedServers(context).map(
      ({ address, progress, threshold, shares }) =>
        `Call holders of key shares for ${address}: ${threshold} of ${shares} shares are needed, ${progress} ${form(progress, 'was', 'were')} given, ${threshold - progress} to go. Each runs, on a machine of their own: vault operator unseal -address=${address}`,
    ),
    'Each server is unsealed on its own. Key shares go into that prompt alone: never into Slack, a ticket or the bot.',
    PODS_RECOVER,
  ],
});

function sealedServers(context: ConclusionContext): SealServer[] {
  return serversOf(context).filter((server) => isSealed(server) && isShamir(server));
}
