import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** The newest version of the secret was deleted; its value can be brought back. Pods that run keep the key that they have. */
export default defineIncident({
  id: 'vault-key-deleted',
  title: 'A script that tidies up ran with the wrong argument',
  truth: 'vault.secret_deleted',
  topic: 'vault',
  accepted: ['api.crashloop.dependency', 'api.crashloop.config'],
  start: async (world, random) => {
    world.vault.deleteKey();
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
