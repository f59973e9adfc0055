import { vaultSealCheck } from '../checks/vault.seal.ts';
import { count, form, some } from '../rules/phrases.ts';
import { decide, no, rule } from '../rules/rule.ts';
import { loggedSealed, NO_VAULT, serversOf, WITHOUT_VAULT } from '../signs/vault.ts';
import { type ConclusionContext, defineCause } from '../types.ts';

const notInitialised = rule({ seal: vaultSealCheck }, ({ seal: { configured, servers } }) => {
  if (!configured) return no(NO_VAULT);
  const empty = servers.filter(({ initialized }) => initialized === false);
  return decide(
    empty.length > 0,
    `${count(empty.length, 'server')} of Vault ${form(empty.length, 'says', 'say')} that nobody has initialised it.`,
    'Each server of Vault that answers is initialised.',
  );
});

export const vaultUninitialized = defineCause({
  id: 'vault.uninitialized',
  title: 'Vault is not initialised: it found no data in its storage',
  requires: [notInitialised],
  direct: notInitialised,
  supports: [loggedSealed],
  explains: [...WITHOUT_VAULT, 'vault.no_active'],
  summary: (context) => {
    const empty = emptyServers(context);
    return `${empty.length} of ${count(serversOf(context).length, 'server')} of Vault (${some(empty)}) ${form(empty.length, 'finds', 'find')} nothing in ${form(empty.length, 'its', 'their')} storage. A Vault that was in use has lost it, or looks at the wrong one.`;
  },
  advice: (context) => [
    `Do not run "vault operator init": it would begin an empty Vault over what may still be there. Look at the storage of ${some(emptyServers(context))} first: is the volume mounted, is it the right one, has the server left its cluster?`,
    'Where the data are lost, restore the newest snapshot (vault operator raft snapshot restore) and unseal with the key shares of that time.',
  ],
});

function emptyServers(context: ConclusionContext): string[] {
  return serversOf(context).flatMap(({ address, initialized }) => (initialized === false ? [address] : []));
}
