import { vaultHealthCheck } from '../checks/vault.health.ts';
import { vaultSealCheck } from '../checks/vault.seal.ts';
import { count, form, some } from '../rules/phrases.ts';
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

/** The two questions are asked at the same time: a server that answers one of them is slow, and not gone. */
const itAnswersOtherwise = rule({ health: vaultHealthCheck }, ({ health: { configured, servers } }) => {
  if (!configured) return no(NO_VAULT);
  const answering = servers.filter(({ status }) => status !== null);
  return decide(
    servers.length > 0 && answering.length === servers.length,
    'Each server of Vault told its health at the same time.',
    `${count(servers.length - answering.length, 'server')} of Vault did not tell ${form(servers.length - answering.length, 'its', 'their')} health either.`,
  );
});

export const vaultUnreachable = defineCause({
  id: 'vault.unreachable',
  title: 'Vault cannot be reached',
  // the bot alone is no proof: its network is not that of the pods
  requires: [botCannotReach, loggedUnreachable],
  contradicts: [itAnswersOtherwise],
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
