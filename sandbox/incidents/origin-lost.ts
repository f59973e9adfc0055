import { defineIncident } from '../incident.ts';

/** Prometheus has forgotten the old pods by then. */
const SETTLED_SECONDS = 15;

/** Somebody tidies the settings up: the origin of the console is written in another way, or under a key that nobody reads. */
export default defineIncident({
  id: 'origin-lost',
  title: 'The console shows no live updates, the command line client does',
  truth: 'ws.cors',
  topic: 'websocket',
  start: async (world, random) => {
    const host = `console.${random.pick(['hotswap.example', 'internal.hotswap.example'])}`;
    const value = random.pick([`https://${host}/`, `http://${host}`, 'http://localhost:3000', `https://${host}:8443`]);
    const before = new Set((await world.kubernetes.pods()).map(({ name }) => name));
    await world.kubernetes.patchContainer({ env: [{ name: 'Cors__AllowedOrigins__0', value }] });
    const since = world.observe.upSeconds();
    return {
      ready: async () => {
        const pods = await world.kubernetes.pods();
        const rolledOut = pods.length > 0 && pods.every(({ name, ready }) => ready && !before.has(name));
        return rolledOut && world.observe.hubPages().connected === 0 && world.observe.upSeconds() - since >= SETTLED_SECONDS;
      },
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
