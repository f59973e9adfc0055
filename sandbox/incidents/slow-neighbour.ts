import { defineIncident } from '../incident.ts';

/** The registry of nodes accepts connections and answers nobody in time; hotswap-api gives up and fails the request. */
export default defineIncident({
  id: 'slow-neighbour',
  title: 'Opening a deployment shows an error after a while, lists are fine',
  truth: 'app.downstream_timeout',
  topic: 'errors',
  start: async (world, random) => {
    const from = random.between(12_000, 20_000);
    world.delayNodeRegistry({ from, to: from * random.between(1.5, 3) });
    return {
      ready: async () => (await world.observe.answerShare('5..')) > 0.08,
      stop: async () => world.delayNodeRegistry(undefined),
    };
  },
});
