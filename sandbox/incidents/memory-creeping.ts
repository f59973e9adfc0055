import { defineIncident } from '../incident.ts';

const SETTLED_SECONDS = 6;

/** Since some hours, the pods keep something of what they do. */
export default defineIncident({
  id: 'memory-creeping',
  title: 'Pods get fatter since this morning, with the same people at work',
  truth: 'perf.memory_native_leak',
  topic: 'memory',
  start: async (world, random) => {
    const mebibytesPerHour = random.between(34, 46);
    const stop = world.leakMemory({ kind: 'native', mebibytesPerHour, hours: random.between(3.5, 4.3) });
    const since = world.observe.upSeconds();
    return {
      ready: async () => world.observe.upSeconds() - since > SETTLED_SECONDS && world.observe.largestPodMebibytes() > 300,
      stop: async () => stop(),
    };
  },
});
