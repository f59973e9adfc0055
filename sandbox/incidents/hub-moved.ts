import { defineIncident } from '../incident.ts';

/** Prometheus has forgotten the old pods by then. */
const SETTLED_SECONDS = 15;

/** A release serves the hub at another path, and nobody told those who use it. */
export default defineIncident({
  id: 'hub-moved',
  title: 'Progress bars stand still in every browser since the release',
  truth: 'ws.hub_path',
  topic: 'websocket',
  start: async (world, random) => {
    const hubPath = random.pick(['/hubs/deployments', '/hub/deployment', '/api/v1/hubs/deployment', '/hubs/v2/deployment']);
    const before = new Set((await world.kubernetes.pods()).map(({ name }) => name));
    await world.kubernetes.patchContainer({ image: world.publish({ hubPath }) });
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
