import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 14;

/** Nobody reaches Vault: its servers are down, or packets to them vanish. */
export default defineIncident({
  id: 'vault-gone',
  title: 'The firewall team had a change tonight, and a moved pod stays away',
  truth: 'vault.unreachable',
  topic: 'vault',
  accepted: ['api.crashloop.dependency', 'api.crashloop.config'],
  start: async (world, random) => {
    await world.vault.reach(random.pick(['stopped', 'silent']));
    const moved = random.whole(0, 1);
    await world.kubernetes.replacePods(moved);
    return {
      ready: async () => {
        const pods = await world.kubernetes.pods();
        const crashed = pods.filter(({ ready, restarts }) => !ready && restarts >= 1).length;
        return crashed >= moved && world.observe.podsThatLogged('Failed to retrieve secret', HEARD_SECONDS) > 0;
      },
      stop: () => world.vault.restore(),
    };
  },
});
