import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** The servers of Vault were restarted, and nobody has given the shares of its key since, or not enough of them. */
export default defineIncident({
  id: 'vault-sealed',
  title: 'Since the maintenance of last night pods do not come back when they are moved',
  truth: 'vault.sealed',
  topic: 'vault',
  accepted: ['api.crashloop.dependency', 'api.crashloop.config'],
  start: async (world, random) => {
    const { servers } = world.vault;
    world.vault.seal(Array.from({ length: servers }, (_, server) => server));
    world.vault.giveShares(random.whole(0, servers - 1), random.whole(0, 2));
    const moved = random.whole(0, 1);
    await world.kubernetes.replacePods(moved);
    return {
      ready: async () => {
        const pods = await world.kubernetes.pods();
        const crashed = pods.filter(({ ready, restarts }) => !ready && restarts >= 2).length;
        return crashed >= moved && world.observe.podsThatLogged('Vault is sealed', HEARD_SECONDS) > 0;
      },
      stop: () => world.vault.restore(),
    };
  },
});
