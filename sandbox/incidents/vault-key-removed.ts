import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** The secret was removed with all its versions. Pods that run keep the key that they have. */
export default defineIncident({
  id: 'vault-key-removed',
  title: 'Somebody cleaned up what looked unused; the service complains since',
  truth: 'vault.secret_missing',
  topic: 'vault',
  accepted: ['api.crashloop.dependency', 'api.crashloop.config'],
  start: async (world, random) => {
    world.vault.removeKey();
    const moved = random.whole(0, 1);
    await world.kubernetes.replacePods(moved);
    return {
      ready: async () => {
        const pods = await world.kubernetes.pods();
        const crashed = pods.filter(({ ready, restarts }) => !ready && restarts >= 2).length;
        return crashed >= moved && world.observe.podsThatLogged('not found in Vault', HEARD_SECONDS) > 0;
      },
      stop: () => world.vault.restore(),
    };
  },
});
