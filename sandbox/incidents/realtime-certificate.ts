import { defineIncident } from '../incident.ts';

const DAY_MS = 86_400_000;

/** The certificate of the hub's name ran out, or was issued for another name. Nobody has reloaded a page since, until now. */
export default defineIncident({
  id: 'realtime-certificate',
  title: 'Whoever opens the console today gets no live updates',
  truth: 'ws.tls',
  topic: 'websocket',
  start: async (world, random) => {
    const now = Date.now();
    const hours = random.between(1, 48);
    const request = random.pick([
      {
        names: ['realtime.hotswap.example', 'localhost'],
        validFrom: new Date(now - 90 * DAY_MS),
        validTo: new Date(now - hours * 3_600_000),
      },
      { names: ['www.hotswap.example'], validFrom: new Date(now - 30 * DAY_MS), validTo: new Date(now + 60 * DAY_MS) },
    ]);
    const restore = await world.edge.replaceCertificate('realtime', request);
    const closePages = world.openHubPages(random.whole(4, 8));
    const since = world.observe.upSeconds();
    return {
      ready: async () => world.observe.upSeconds() - since >= 6,
      stop: async () => {
        closePages();
        await restore();
      },
    };
  },
});
