import { defineIncident } from '../incident.ts';

const AFFINITY = 'nginx.ingress.kubernetes.io/affinity';

/** The annotation that keeps clients with their pod gets lost, and then people's machines wake up and connect anew. */
export default defineIncident({
  id: 'clients-astray',
  title: 'Live updates work for some, and for others after reloading a few times',
  truth: 'ws.no_sticky',
  topic: 'websocket',
  start: async (world, random) => {
    const ingress = world.edge.ingress('realtime');
    const annotated = (value: string | null) => ({ metadata: { annotations: { [AFFINITY]: value } } });
    await world.kubernetes.patch(ingress, annotated(null));
    const closePages = world.openHubPages(random.whole(6, 12));
    const since = world.observe.upSeconds();
    return {
      ready: async () => world.observe.upSeconds() - since >= 10,
      stop: async () => {
        closePages();
        await world.kubernetes.patch(ingress, annotated('cookie'));
      },
    };
  },
});
