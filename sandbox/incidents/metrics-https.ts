import { defineIncident } from '../incident.ts';

/** A build is rolled out whose page of metrics does not answer scrapes as before. */
export default defineIncident({
  id: 'metrics-https',
  title: 'No more data points since the hardening went live',
  truth: 'metrics.redirect',
  topic: 'metrics',
  start: async (world) => {
    await world.kubernetes.patchContainer({ image: world.publish({ metricsPage: 'https-only' }) });
    return {
      ready: async () => {
        const { up, down, errors } = await world.observe.scrapes();
        return up === 0 && down >= world.deployment.replicas && errors.every((error) => error.includes('https'));
      },
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
