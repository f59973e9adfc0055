import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** The service's token has reached its end, or was revoked with those of somebody who left. */
export default defineIncident({
  id: 'vault-token-ended',
  title: 'A colleague left and their accounts were closed; the service complains since',
  truth: 'vault.app_token_invalid',
  topic: 'vault',
  accepted: ['api.crashloop.dependency', 'api.crashloop.config'],
  start: async (world, random) => {
    world.vault.endApplicationToken();
    const moved = random.whole(0, 1);
    await world.kubernetes.replacePods(moved);
    return {
      ready: async () => {
        const pods = await world.kubernetes.pods();
        const crashed = pods.filter(({ ready, restarts }) => !ready && restarts >= 2).length;
        return crashed >= moved && world.observe.podsThatLogged('invalid token', HEARD_SECONDS) > 0;
      },
      stop: () => world.vault.restore(),
    };
  },
});
