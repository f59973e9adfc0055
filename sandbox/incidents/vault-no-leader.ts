import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** The servers of Vault are up and unsealed, and cannot elect one that serves: their storage has lost its quorum. */
export default defineIncident({
  id: 'vault-no-leader',
  title: 'The network between the data centres hiccupped, and new keys are not taken up',
  truth: 'vault.no_active',
  topic: 'vault',
  start: async (world) => {
    world.vault.loseLeader();
    return {
      ready: async () => world.observe.podsThatLogged('active cluster node not found', HEARD_SECONDS) > 0,
      stop: () => world.vault.restore(),
    };
  },
});
