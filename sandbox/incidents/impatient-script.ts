import { defineIncident } from '../incident.ts';

/** Somebody's program asks for the state of deployments in a loop, from one machine. */
export default defineIncident({
  id: 'impatient-script',
  title: 'A team says that its pipeline gets errors, while nobody else does',
  truth: 'app.rate_limited',
  topic: 'errors',
  start: async (world, random) => {
    const from = `203.0.113.${random.whole(2, 250)}`;
    const end = world.addTraffic({ route: 'deployment', from, requestsPerSecond: random.between(8, 13) });
    return {
      ready: async () => (await world.observe.answerShare('429')) > 0.15,
      stop: async () => end(),
    };
  },
});
