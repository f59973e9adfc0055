import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** Somebody replaced the key by hand, with something that is easier to type. */
export default defineIncident({
  id: 'vault-short-key',
  title: 'Credentials were renewed by hand after a leak; a moved pod does not start',
  truth: 'vault.key_too_short',
  topic: 'vault',
  accepted: ['api.crashloop.dependency', 'api.crashloop.config'],
  start: async (world, random) => {
    world.vault.writeKey(Array.from({ length: random.whole(8, 24) }, () => random.pick([...'abcdefghkmnpqrstuvwxyz23456789'])).join(''));
    const moved = random.whole(0, 1);
    await world.kubernetes.replacePods(moved);
    return {
      ready: async () => {
        const pods = await world.kubernetes.pods();
        const crashed = pods.filter(({ ready, restarts }) => !ready && restarts >= 2).length;
        return crashed >= moved && world.observe.podsThatLogged('must be at least', HEARD_SECONDS) > 0;
      },
      stop: () => world.vault.restore(),
    };
  },
});
