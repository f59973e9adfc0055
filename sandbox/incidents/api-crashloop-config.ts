import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** Somebody edited a setting, and nobody noticed until machines were maintained and pods had to start again. */
export default defineIncident({
  id: 'api-crashloop-config',
  title: 'Since the machines were maintained last night, something is off',
  truth: 'api.crashloop.config',
  topic: 'api',
  start: async ({ kubernetes, deployment }, random) => {
    await kubernetes.changeSettings(
      random.pick([
        { DataProtection__KeyPath: random.pick(['/var/lib/hotswap/keys', '/etc/hotswap/keys', '/app/keys']) },
        { ASPNETCORE_URLS: `http://+:8080;https://+:${random.pick([8443, 5001])}` },
      ]),
    );
    await delay(random.between(0, 1_500));
    await kubernetes.replacePods(random.whole(2, deployment.replicas));
    return {
      ready: async () => (await kubernetes.pods()).some(({ waiting, restarts }) => waiting === 'CrashLoopBackOff' && restarts >= 3),
      stop: () => kubernetes.restoreSettings(),
    };
  },
});
