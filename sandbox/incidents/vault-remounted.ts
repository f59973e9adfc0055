import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** The mount was made again, without versions, and its secrets were copied back; the service asks for them as before. */
export default defineIncident({
  id: 'vault-remounted',
  title: 'Everything was restored from a backup, says the operator, yet the service finds nothing',
  truth: 'vault.kv_version_mismatch',
  topic: 'vault',
  start: async (world) => {
    world.vault.remountUnversioned();
    return {
      ready: async () => world.observe.podsThatLogged('not found in Vault', HEARD_SECONDS) > 0,
      stop: () => world.vault.restore(),
    };
  },
});
