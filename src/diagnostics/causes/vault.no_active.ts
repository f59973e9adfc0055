import { vaultHealthCheck } from '../checks/vault.health.ts';
import { count, form, some } from '../rules/phrases.ts';
import { cannotTell, no, rule, yes } from '../rules/rule.ts';
import { loggedNobodyActive, NO_VAULT, nobodyIsActive, PODS_RECOVER, WITHOUT_VAULT } from '../signs/vault.ts';
import { defineCause } from '../types.ts';

/** A server that does not answer could be the active one, unless the others say themselves that they have lost it. */
const noneOfThemHides = rule({ health: vaultHealthCheck }, ({ health: { configured, silent, lost } }) => {
  if (!configured) return no(NO_VAULT);
  if (lost > 0) return yes(`${count(lost, 'server')} of Vault ${form(lost, 'says', 'say')} that no active server can be reached.`);
  return silent === 0
    ? yes('Each server of Vault was asked.')
    : cannotTell(`${count(silent, 'server')} of Vault did not answer and may be the active one.`);
});

export const vaultNoActive = defineCause({
  id: 'vault.no_active',
  title: 'Vault is unsealed, but none of its servers is active',
  requires: [nobodyIsActive, noneOfThemHides],
  direct: nobodyIsActive,
  supports: [loggedNobodyActive],
  explains: WITHOUT_VAULT,
  summary: (context) => {
    const health = context.facts(vaultHealthCheck);
    const states = some(
      (health?.servers ?? []).map(({ address, state, status }) => `${address} is ${state} (${status ?? 'no answer'})`),
      5,
    );
    return `The servers of Vault cannot agree on one that serves: ${states}. Every request ends in an error.`;
  },
  advice: (context) => [
    `Look at the storage behind Vault: with raft, more than half of the servers must reach each other (vault operator raft list-peers, and the log of ${context.facts(vaultHealthCheck)?.servers[0]?.address ?? 'each server'}); with Consul or a database, that one must be up and its lock free.`,
    'Do not unseal or initialise anything: the servers are unsealed already.',
    PODS_RECOVER,
  ],
});
