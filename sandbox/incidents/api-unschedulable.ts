import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident, type IncidentWorld, type ObjectHeader } from '../incident.ts';

/** There is no place for pods: another team's work took it, or maintenance closed the machines. */
export default defineIncident({
  id: 'api-unschedulable',
  title: 'The service has fewer pods than it was given',
  truth: 'api.unschedulable',
  topic: 'api',
  start: async (world, random) => {
    const { kubernetes } = world;
    const free = await random.pick([otherWork, maintenance])(world, random);
    return {
      ready: async () => (await kubernetes.pods()).some(({ node }) => node === undefined),
      stop: async () => {
        await free();
        await kubernetes.restoreDeployment();
      },
    };
  },
});

type Draws = Parameters<Parameters<typeof defineIncident>[0]['start']>[1];

/** Another team fills the machines, in large and in small pieces; then more pods are asked for. */
async function otherWork({ kubernetes, deployment }: IncidentWorld, random: Draws): Promise<() => Promise<void>> {
  const name = random.pick(['render-farm', 'nightly-etl', 'search-indexer']);
  const large = workload(`${name}-main`, deployment.namespace, 3, '6900m');
  const small = workload(`${name}-aux`, deployment.namespace, 8, '350m');
  await kubernetes.create(large);
  await delay(1_500);
  await kubernetes.create(small);
  await delay(1_500);
  await kubernetes.patchDeployment({ spec: { replicas: deployment.replicas + random.whole(2, 3) } });
  return async () => {
    await kubernetes.delete(large);
    await kubernetes.delete(small);
  };
}

function workload(name: string, namespace: string, replicas: number, cpu: string): ObjectHeader {
  const labels = { app: name };
  const container = { name: 'main', image: 'docker.io/library/busybox:1.37', resources: { requests: { cpu, memory: '64Mi' } } };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: { replicas, selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers: [container] } } },
  };
}

/** Every machine is closed to new pods, and one of the pods is moved. */
async function maintenance({ kubernetes, deployment }: IncidentWorld, random: Draws): Promise<() => Promise<void>> {
  const nodes = [...new Set((await kubernetes.pods()).flatMap(({ node }) => (node === undefined ? [] : [node])))];
  const taint = {
    key: random.pick(['maintenance', 'example.com/kernel-upgrade', 'dedicated']),
    value: random.pick(['true', 'pending', 'batch']),
  };
  const header = (name: string): ObjectHeader => ({ apiVersion: 'v1', kind: 'Node', metadata: { name, namespace: '' } });
  for (const name of nodes) await kubernetes.patch(header(name), { spec: { taints: [{ ...taint, effect: 'NoSchedule' }] } });
  await kubernetes.replacePods(random.whole(1, deployment.replicas - 1));
  return async () => {
    for (const name of nodes) await kubernetes.patch(header(name), { spec: { taints: null } });
  };
}
