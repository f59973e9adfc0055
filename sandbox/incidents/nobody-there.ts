import { defineIncident } from '../incident.ts';

const QUIET_SECONDS = 22;

/** Nobody asks for anything: graphs are flat, and that is right. */
export default defineIncident({
  id: 'nobody-there',
  title: 'The graphs of requests have dropped to nothing',
  truth: 'metrics.no_traffic',
  topic: 'metrics',
  benign: true,
  start: async (world) => {
    const resume = world.pauseTraffic();
    let answered = world.observe.requestsAnswered();
    let since = world.observe.upSeconds();
    return {
      ready: async () => {
        const now = world.observe.requestsAnswered();
        if (now !== answered) since = world.observe.upSeconds();
        answered = now;
        return world.observe.upSeconds() - since > QUIET_SECONDS;
      },
      stop: async () => resume(),
    };
  },
});
