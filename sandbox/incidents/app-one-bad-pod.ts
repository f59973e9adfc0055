import { setTimeout as delay } from 'node:timers/promises';
import { defineIncident } from '../incident.ts';

const SHOWING = 0.07;

/** From one machine the registry of nodes cannot be reached; the pod on it answers, but not always with what was asked for. */
export default defineIncident({
  id: 'app-one-bad-pod',
  title: 'Every third time or so, opening a deployment fails',
  truth: 'app.one_bad_pod',
  topic: 'errors',
  accepted: ['app.downstream_timeout'],
  start: async (world, random) => {
    const nodes = (await world.kubernetes.pods()).map(({ node = '' }) => node);
    const node = random.pick(nodes.filter((one) => nodes.indexOf(one) === nodes.lastIndexOf(one)));
    await delay(random.between(0, 2_000));
    world.isolateMachine(node, true);
    return {
      ready: async () => ((await world.observe.errorShare()) ?? 0) > SHOWING,
      stop: async () => world.isolateMachine(node, false),
    };
  },
});
