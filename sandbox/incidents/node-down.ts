import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

/** A machine lost its power. */
export default defineIncident({
  id: 'node-down',
  title: 'Something in the rack died, and the service has become thin',
  truth: 'node.down',
  topic: 'api',
  start: async ({ kubernetes }, random) => {
    const { node = '' } = random.pick(await kubernetes.pods());
    await delay(random.between(0, 2_000));
    kubernetes.switchMachine(node, 'off');
    return {
      ready: async () => (await kubernetes.pods()).some((pod) => pod.node === node && !pod.ready),
      stop: async () => kubernetes.switchMachine(node, 'on'),
    };
  },
});
