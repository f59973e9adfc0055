import { defineIncident } from '../incident.ts';

/** Prometheus has forgotten the old pods by then. */
const SETTLED_SECONDS = 15;

/** A release lets nobody into the hub without a token, which pages do not send. */
export default defineIncident({
  id: 'hub-wants-token',
  title: 'The console says "reconnecting" and never stops',
  truth: 'ws.auth',
  topic: 'websocket',
  start: async (world) => {
    const before = new Set((await world.kubernetes.pods()).map(({ name }) => name));
    await world.kubernetes.patchContainer({ image: world.publish({ hubWantsToken: true }) });
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
