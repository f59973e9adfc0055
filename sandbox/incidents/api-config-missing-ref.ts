import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident, type ObjectHeader } from '../incident.ts';

/** Somebody tidied up what he thought nobody used; pods that run do not mind, pods that start do. */
export default defineIncident({
  id: 'api-config-missing-ref',
  title: 'Two pods are gone since somebody tidied up',
  truth: 'api.config.missing_ref',
  topic: 'api',
  start: async ({ kubernetes, deployment }, random) => {
    const { namespace } = deployment;
    const secret: ObjectHeader = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'hotswap-api-vault', namespace } };
    const before = (await kubernetes.read(secret)) ?? {};
    const data = 'data' in before ? before.data : {};
    if (random.next() < 0.5) await kubernetes.delete(secret);
    else await kubernetes.patch(secret, { data: { token: null, [random.pick(['vault-token', 'value', 'key'])]: 'cmV0aXJlZA==' } });
    await delay(random.between(0, 1_500));
    await kubernetes.replacePods(random.whole(2, deployment.replicas));
    return {
      ready: async () => (await kubernetes.pods()).some(({ waiting }) => waiting === 'CreateContainerConfigError'),
      stop: async () => {
        await kubernetes.delete(secret);
        await kubernetes.create({ ...secret, type: 'Opaque', data });
      },
    };
  },
});
