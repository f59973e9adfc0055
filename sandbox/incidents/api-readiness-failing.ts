import { defineIncident } from '../incident.ts';

/** The template was changed to ask for a page that the program does not have. */
export default defineIncident({
  id: 'api-readiness-failing',
  title: 'A change of this morning does not get through',
  truth: 'api.readiness_failing',
  topic: 'api',
  accepted: ['api.bad_rollout'],
  start: async ({ kubernetes }, random) => {
    const path = random.pick(['/health/ready', '/healthz', '/ready', '/api/health']);
    await kubernetes.patchContainer({ readinessProbe: { httpGet: { path, port: 'http' }, periodSeconds: random.pick([5, 10]) } });
    let since: number | undefined;
    return {
      ready: async () => {
        const unready = (await kubernetes.pods()).some(({ ready, waiting, node }) => !ready && waiting === undefined && node !== undefined);
        since = unready ? (since ?? Date.now()) : undefined;
        return since !== undefined && Date.now() - since > 6_000;
      },
      stop: () => kubernetes.restoreDeployment(),
    };
  },
});
