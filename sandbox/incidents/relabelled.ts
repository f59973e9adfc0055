import { defineIncident } from '../incident.ts';

/** The Service is applied again from a chart whose labels are others than those of the pods. */
export default defineIncident({
  id: 'relabelled',
  title: 'Every request is answered with 503 since somebody applied the chart',
  truth: 'api.service_selector',
  topic: 'api',
  start: async (world, random) => {
    const { name, namespace } = world.deployment;
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { name, namespace } };
    const before = await world.kubernetes.read(service);
    const selector = random.pick([
      { app: 'hotswap' },
      { app: name, release: random.pick(['blue', 'green', 'stable']) },
      { app: name, tier: 'web' },
    ]);
    await world.kubernetes.patch(service, { spec: { selector } });
    const since = world.observe.upSeconds();
    return {
      ready: async () => world.observe.upSeconds() - since >= 8,
      stop: () => world.kubernetes.putSpec(service, before ?? {}),
    };
  },
});
