import { defineIncident } from '../incident.ts';

/** Somebody saves money by giving the pods less than what they need to do their everyday work. */
export default defineIncident({
  id: 'memory-tight',
  title: 'Answers fail at random, and pods seem to come and go',
  truth: 'perf.memory_limit_low',
  topic: 'memory',
  start: async (world, random) => {
    const memory = `${random.whole(186, 198)}Mi`;
    await world.kubernetes.patchContainer({ resources: { requests: { memory }, limits: { memory } } });
    return {
      ready: async () => {
        const pods = await world.kubernetes.pods();
        const killed = pods.filter(({ ended, terminating }) => !terminating && ended?.reason === 'OOMKilled');
        return killed.length >= world.deployment.replicas;
      },
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
