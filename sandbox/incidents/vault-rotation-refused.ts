import { defineIncident } from '../incident.ts';

const HEARD_SECONDS = 14;

/** The service may read its key and not write it any more, so that for weeks nobody has replaced it. */
export default defineIncident({
  id: 'vault-rotation-refused',
  title: 'The auditors ask why a credential is older than the rules allow',
  truth: 'vault.rotation_failing',
  topic: 'vault',
  start: async (world, random) => {
    const { mount, keyPath } = world.vault;
    world.vault.setApplicationPolicy({ [`${mount}/data/${keyPath}`]: ['read'], [`${mount}/metadata/${keyPath}`]: ['read'] });
    world.vault.ageKey(random.between(32, 60));
    return {
      ready: async () => world.observe.podsThatLogged('Failed to rotate', HEARD_SECONDS) > 0,
      stop: () => world.vault.restore(),
    };
  },
});
