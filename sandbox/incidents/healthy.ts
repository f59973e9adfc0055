import { defineIncident } from '../incident.ts';

const SETTLED_SECONDS = 20;

/** Nothing happens: whoever finds a cause here raises a false alarm. */
export default defineIncident({
  id: 'healthy',
  title: 'An ordinary day',
  truth: null,
  topic: 'auto',
  start: async (world) => ({
    ready: async () => world.observe.upSeconds() >= SETTLED_SECONDS,
    stop: async () => {},
  }),
});
