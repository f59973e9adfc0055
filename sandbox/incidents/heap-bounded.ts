import { defineIncident } from '../incident.ts';

const MEBIBYTE = 2 ** 20;
const ENOUGH_ERRORS = 0.08;

/** Somebody bounds the heap of .NET below what the service needs. */
export default defineIncident({
  id: 'heap-bounded',
  title: 'Requests fail one after another since the tuning of this morning',
  truth: 'app.gc_heap_limit',
  topic: 'memory',
  start: async (world, random) => {
    const limit = `0x${(random.whole(42, 43) * MEBIBYTE).toString(16).toUpperCase()}`;
    await world.kubernetes.patchContainer({ env: [{ name: 'DOTNET_GCHeapHardLimit', value: limit }] });
    return {
      ready: async () => ((await world.observe.errorShare()) ?? 0) > ENOUGH_ERRORS,
      stop: () => world.kubernetes.restoreDeployment(),
    };
  },
});
