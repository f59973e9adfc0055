import { vaultSealCheck } from '../checks/vault.seal.ts';
import { count, some } from '../rules/phrases.ts';
import { decide, no, rule } from '../rules/rule.ts';
import { loggedUnreachable, NO_VAULT, PODS_RECOVER, type SealServer, serversOf, WITHOUT_VAULT } from '../signs/vault.ts';
import { defineCause } from '../types.ts';

const botCannotReach = rule({ seal: vaultSealCheck }, ({ seal: { configured, servers } }) => {
  if (!configured) return no(NO_VAULT);
  const silent = silentOf(servers);
  return decide(
    silent.length > 0,
    `${silent.length} of ${count(servers.length, 'server')} of Vault did not answer the bot.`,
    'Each server of Vault answered the bot.',
  );
});

export const vaultUnreachable = defineCause({
  id: 'vault.unreachable',
  title: 'Vault cannot be reached',
  // the bot alone is no proof: its network is not that of the pods
  requires: [botCannotReach, loggedUnreachable],
  direct: loggedUnreachable,
  explains: [...WITHOUT_VAULT, 'vault.no_active'],
  summary: (context) => {
    const servers = serversOf(context);
    const silent = silentOf(servers);
    return `${silent.length} of ${count(servers.length, 'server')} of Vault answered neither the bot nor the pods: ${some(silent.map(({ address, message }) => `${address}: ${message.replace(/\.$/, '')}`))}.`;
  },
  advice: (context) => [
    `See whether Vault runs at ${some(silentOf(serversOf(context)).map(({ address }) => address))} (its process, its pods, its Service), and whether a network policy or firewall stands between: ECONNREFUSED means that nobody listens there, "not in time" that packets are lost, CERT_HAS_EXPIRED that its certificate ran out.`,
    PODS_RECOVER,
  ],
});

const silentOf = (servers: readonly SealServer[]) => servers.filter(({ answered }) => !answered);
