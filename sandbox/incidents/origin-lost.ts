import { defineIncident } from '../incident.ts';

/** Somebody tidies the settings up: the origin of the console is written in another way, or under a key that nobody reads. */
export default defineIncident({
  id: 'origin-lost',
  title: 'The console shows no live updates, the command line client does',
  truth: 'ws.cors',
  topic: 'websocket',
  start: async (world, random) => {
    const host = `console.${random.pick(['hotswap.example', 'internal.hotswap.example'])}`;
    const value = random.pick([`https://${host}/`, `http://${host}`, 'http://localhost:3000', `https://${host}:8443`]);
    await world.kubernetes.patchContainer({ env: [{ name: 'Cors__AllowedOrigins__0', value }] });
    return {
      ready: async () => world.observe.hubPages().connected === 0,
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
