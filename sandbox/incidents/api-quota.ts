import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident, type ObjectHeader } from '../incident.ts';

/** The namespace was given bounds that the service does not fit into; what ran before may stay. */
export default defineIncident({
  id: 'api-quota',
  title: 'More pods were asked for, and there are not more',
  truth: 'api.quota',
  topic: 'api',
  start: async ({ kubernetes, deployment }, random) => {
    const metadata = { name: random.pick(['team-bounds', 'default-limits', 'tenant']), namespace: deployment.namespace };
    const pods = deployment.replicas;
    const memory = `${random.pick([320, 384, 448])}Mi`;
    const bounds: readonly ObjectHeader[] = [
      { apiVersion: 'v1', kind: 'ResourceQuota', metadata, spec: { hard: { pods: String(pods) } } },
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata,
        spec: { hard: { 'requests.memory': `${256 * pods + 128}Mi`, 'requests.cpu': '6' } },
      },
      { apiVersion: 'v1', kind: 'LimitRange', metadata, spec: { limits: [{ type: 'Container', max: { memory } }] } },
    ];
    const bound = random.pick(bounds);
    await kubernetes.create(bound);
    await delay(random.between(500, 1_500));
    await kubernetes.patchDeployment({ spec: { replicas: pods + random.whole(1, 2) } });
    return {
      ready: async () => (await kubernetes.failedCreates()) > 0,
      stop: async () => {
        await kubernetes.delete(bound);
        await kubernetes.restoreDeployment();
      },
    };
  },
});
