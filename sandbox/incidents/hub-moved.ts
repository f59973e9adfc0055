import { defineIncident } from '../incident.ts';

/** A release serves the hub at another path, and nobody told those who use it. */
export default defineIncident({
  id: 'hub-moved',
  title: 'Progress bars stand still in every browser since the release',
  truth: 'ws.hub_path',
  topic: 'websocket',
  start: async (world, random) => {
    const hubPath = random.pick(['/hubs/deployments', '/hub/deployment', '/api/v1/hubs/deployment', '/hubs/v2/deployment']);
    await world.kubernetes.patchContainer({ image: world.publish({ hubPath }) });
    return {
      ready: async () => world.observe.hubPages().connected === 0,
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
