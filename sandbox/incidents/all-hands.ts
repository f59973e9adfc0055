import { defineIncident } from '../incident.ts';

/** Everybody opens the console at once: more pages than the pods take WebSockets. */
export default defineIncident({
  id: 'all-hands',
  title: 'Half of the people in the meeting see live updates, the others do not',
  truth: 'ws.limit',
  topic: 'websocket',
  start: async (world, random) => {
    const closePages = world.openHubPages(random.whole(140, 170));
    let connected = 0;
    return {
      ready: async () => {
        const { pages, connected: now } = world.observe.hubPages();
        const settled = now === connected;
        connected = now;
        return settled && now > 0 && pages - now >= 10 && now >= world.deployment.mostHubPages;
      },
      stop: async () => closePages(),
    };
  },
});
