import { defineIncident } from '../incident.ts';

/** The registry of nodes, which hotswap-api asks over HTTP, takes its time. Neither the database nor the processor has to do with it. */
export default defineIncident({
  id: 'slow-downstream',
  title: 'Opening a deployment takes seconds, lists are quick',
  truth: 'app.downstream_slow',
  topic: 'latency',
  start: async (world, random) => {
    const from = random.between(1_400, 1_900);
    world.delayNodeRegistry({ from, to: from * random.between(1.2, 1.5) });
    return {
      ready: async () => {
        const p95 = await world.observe.p95Seconds();
        return p95 !== undefined && p95 > 1;
      },
      stop: async () => world.delayNodeRegistry(undefined),
    };
  },
});
