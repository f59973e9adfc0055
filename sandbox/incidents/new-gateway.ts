import { defineIncident } from '../incident.ts';

/** Something is put in front of the ingress that does not know WebSockets. */
export default defineIncident({
  id: 'new-gateway',
  title: 'Live updates stopped after the network change last night',
  truth: 'ws.proxy_no_upgrade',
  topic: 'websocket',
  start: async (world, random) => {
    world.edge.placeMiddlebox('realtime', random.pick(['drops-upgrade', 'drops-upgrade', 400, 426, 502]));
    const since = world.observe.upSeconds();
    return {
      ready: async () => world.observe.hubPages().connected === 0 && world.observe.upSeconds() - since >= 6,
      stop: async () => world.edge.placeMiddlebox('realtime', undefined),
    };
  },
});
