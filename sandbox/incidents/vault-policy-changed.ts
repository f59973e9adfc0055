import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 10;

/** Somebody rewrote the service's policy, with the path as people type it instead of the path of the API. */
export default defineIncident({
  id: 'vault-policy-changed',
  title: 'An audit tightened access everywhere; the service complains since',
  truth: 'vault.app_permission_denied',
  topic: 'vault',
  accepted: ['api.crashloop.dependency', 'api.crashloop.config'],
  start: async (world, random) => {
    const { mount, keyPath } = world.vault;
    const folder = keyPath.slice(0, keyPath.lastIndexOf('/'));
    world.vault.setApplicationPolicy(
      random.pick([{ [`${mount}/${folder}/*`]: ['read', 'update'] }, { [`${mount}/data/other/*`]: ['read'] }, {}]),
    );
    const moved = random.whole(0, 1);
    await world.kubernetes.replacePods(moved);
    return {
      ready: async () => {
        const pods = await world.kubernetes.pods();
        const crashed = pods.filter(({ ready, restarts }) => !ready && restarts >= 2).length;
        return crashed >= moved && world.observe.podsThatLogged('permission denied', HEARD_SECONDS) > 0;
      },
      stop: () => world.vault.restore(),
    };
  },
});
