import { defineIncident } from '../incident.ts';

/** A build is rolled out whose page of metrics does not answer scrapes as before. */
export default defineIncident({
  id: 'metrics-token',
  title: 'The graphs ended with the last release',
  truth: 'metrics.auth',
  topic: 'metrics',
  start: async (world) => {
    await world.kubernetes.patchContainer({ image: world.publish({ metricsPage: 'wants-token' }) });
    return {
      ready: async () => {
        const { up, down, errors } = await world.observe.scrapes();
        return up === 0 && down >= world.deployment.replicas && errors.every((error) => error.includes('401'));
      },
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
