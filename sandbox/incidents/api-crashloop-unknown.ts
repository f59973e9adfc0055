import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** A profiler was switched on for all pods by a setting; it ends the process before that can say anything. */
export default defineIncident({
  id: 'api-crashloop-unknown',
  title: 'Half of the service is missing this morning',
  truth: 'api.crashloop.unknown',
  topic: 'api',
  start: async ({ kubernetes, deployment }, random) => {
    await kubernetes.changeSettings({
      CORECLR_ENABLE_PROFILING: '1',
      CORECLR_PROFILER_PATH: `/opt/apm/${random.pick(['linux-x64', 'lib'])}/profiler.so`,
    });
    await delay(random.between(0, 1_500));
    await kubernetes.replacePods(random.whole(2, deployment.replicas));
    return {
      ready: async () => (await kubernetes.pods()).some(({ waiting, restarts }) => waiting === 'CrashLoopBackOff' && restarts >= 3),
      stop: () => kubernetes.restoreSettings(),
    };
  },
});
