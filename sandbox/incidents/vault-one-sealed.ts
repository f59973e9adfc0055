import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** One server of Vault was restarted, the one that the service talks to; nobody has given it the shares of its key. */
export default defineIncident({
  id: 'vault-one-sealed',
  title: 'The security team patched a machine, and the log of the service complains ever since',
  truth: 'vault.sealed',
  topic: 'vault',
  start: async (world, random) => {
    world.vault.seal([0]);
    world.vault.giveShares(0, random.whole(0, 2));
    return {
      ready: async () => world.observe.podsThatLogged('Vault is sealed', HEARD_SECONDS) > 0,
      stop: () => world.vault.restore(),
    };
  },
});
