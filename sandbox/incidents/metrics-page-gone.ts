import { defineIncident } from '../incident.ts';

/** A build is rolled out whose page of metrics does not answer scrapes as before. */
export default defineIncident({
  id: 'metrics-page-gone',
  title: 'Every panel is empty since the release',
  truth: 'metrics.endpoint_404',
  topic: 'metrics',
  start: async (world) => {
    await world.kubernetes.patchContainer({ image: world.publish({ metricsPage: 'unmapped' }) });
    return {
      ready: async () => {
        const { up, down, errors } = await world.observe.scrapes();
        return up === 0 && down >= world.deployment.replicas && errors.every((error) => error.includes('404'));
      },
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
