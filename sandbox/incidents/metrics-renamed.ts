import { defineIncident } from '../incident.ts';

const SETTLED_SECONDS = 8;

/** A build is rolled out whose metrics come from another library, which names them otherwise. */
export default defineIncident({
  id: 'metrics-renamed',
  title: 'Panels of requests and latency say "No data" since the release',
  truth: 'metrics.wrong_names',
  topic: 'metrics',
  start: async (world) => {
    await world.kubernetes.patchContainer({ image: world.publish({ instrumentation: 'prometheus-net' }) });
    let since: number | undefined;
    return {
      ready: async () => {
        const { up, down } = await world.observe.scrapes();
        const pods = await world.kubernetes.pods();
        const image = pods[0]?.image;
        const settled = up === world.deployment.replicas && down === 0 && pods.every((pod) => pod.image === image);
        since = settled ? (since ?? world.observe.upSeconds()) : undefined;
        return since !== undefined && world.observe.upSeconds() - since > SETTLED_SECONDS;
      },
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
