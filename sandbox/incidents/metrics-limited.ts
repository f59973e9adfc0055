import { defineIncident } from '../incident.ts';

/** A build is rolled out that holds every caller to so many requests a minute, and whoever scrapes it is one of them. */
export default defineIncident({
  id: 'metrics-limited',
  title: 'Graphs have more and more holes, and then nothing',
  truth: 'metrics.ratelimited',
  topic: 'metrics',
  start: async (world, random) => {
    await world.kubernetes.patchContainer({ image: world.publish({ metricsPerMinute: random.whole(3, 5) }) });
    return {
      ready: async () => {
        const { up, down, errors } = await world.observe.scrapes();
        return up === 0 && down >= world.deployment.replicas && errors.every((error) => error.includes('429'));
      },
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
