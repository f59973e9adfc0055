import { defineIncident } from '../incident.ts';

/** A release lets nobody into the hub without a token, which pages do not send. */
export default defineIncident({
  id: 'hub-wants-token',
  title: 'The console says "reconnecting" and never stops',
  truth: 'ws.auth',
  topic: 'websocket',
  start: async (world) => {
    await world.kubernetes.patchContainer({ image: world.publish({ hubWantsToken: true }) });
    return {
      ready: async () => world.observe.hubPages().connected === 0,
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
