import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** The servers of Vault came up with empty volumes. */
export default defineIncident({
  id: 'vault-storage-lost',
  title: 'Storage was migrated over the weekend; the service complains but goes on',
  truth: 'vault.uninitialized',
  topic: 'vault',
  start: async (world) => {
    world.vault.loseStorage();
    return {
      ready: async () => world.observe.podsThatLogged('VaultApiException', HEARD_SECONDS) > 0,
      stop: () => world.vault.restore(),
    };
  },
});
