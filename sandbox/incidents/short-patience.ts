import { defineIncident } from '../incident.ts';

const TIMEOUT = 'nginx.ingress.kubernetes.io/proxy-read-timeout';

/** Somebody shortens the time for which the ingress waits for an answer. */
export default defineIncident({
  id: 'short-patience',
  title: 'The console flickers: connected, reconnecting, connected',
  truth: 'ws.idle_timeout',
  topic: 'websocket',
  start: async (world, random) => {
    const ingress = world.edge.ingress('realtime');
    const annotated = (value: string | null) => ({ metadata: { annotations: { [TIMEOUT]: value } } });
    await world.kubernetes.patch(ingress, annotated(String(random.whole(6, 9))));
    // Connections that are open keep the old time until they are made anew.
    const closePages = world.openHubPages(random.whole(10, 16));
    const { lost } = world.observe.hubPages();
    return {
      ready: async () => world.observe.hubPages().lost - lost >= 24,
      stop: async () => {
        closePages();
        await world.kubernetes.patch(ingress, annotated(null));
      },
    };
  },
});
