import { deployment } from '../evidence/deployment.ts';
import { type Pod, pods } from '../evidence/pods.ts';
import { secondsSince } from '../rules/moments.ts';
import { count, form, short, some } from '../rules/phrases.ts';
import { podTrouble } from '../rules/pod-state.ts';
import { defineCheck, type Judgement } from '../types.ts';

type PodFacts = {
  /** Pods that are not on their way out. */
  total: number;
  ready: number;
  restarts: number;
  states: {
    pod: string;
    state: string;
    revision: number | null;
    node: string | null;
    /** Of the container that the state is about. */
    container: string | null;
    image: string | null;
    reason: string;
    message: string;
    restarts: number;
    exitCode: number | null;
    endedSecondsAgo: number | null;
    ageSeconds: number;
  }[];
};

const BROKEN = new Set(['failed', 'unschedulable', 'image', 'config', 'oom', 'crash-loop', 'stuck-terminating']);
const LONGEST_MESSAGE = 1_000;

export const k8sPods = defineCheck({
  id: 'k8s.pods',
  title: 'Pods',
  needs: { pods, deployment },
  judge({ pods: { data }, deployment: { data: owner } }, { now }): Judgement<PodFacts> {
    const states = data.map((pod) => stateOf(pod, now));
    const living = states.filter(({ state }) => state !== 'terminating');
    const ready = living.filter(({ state }) => state === 'ready').length;
    const restarts = states.reduce((sum, pod) => sum + pod.restarts, 0);
    const facts = { total: living.length, ready, restarts, states };
    const broken = living.filter(({ state }) => BROKEN.has(state));
    const waiting = living.filter(({ state }) => state === 'not-ready');
    if (owner.replicas > 0 && living.length === 0) return { verdict: 'fail', summary: 'The Deployment has no pod.', facts };
    if (broken.length > 0)
      return { verdict: 'fail', summary: `${broken.length} of ${count(living.length, 'pod')} cannot run: ${describe(broken)}.`, facts };
    if (waiting.length > 0)
      return {
        verdict: 'warn',
        summary: `${waiting.length} of ${count(living.length, 'pod')} ${form(waiting.length, 'runs', 'run')} without being ready: ${describe(waiting)}.`,
        facts,
      };
    if (ready < living.length)
      return {
        verdict: 'warn',
        summary: `${living.length - ready} of ${count(living.length, 'pod')} ${form(living.length - ready, 'is', 'are')} starting.`,
        facts,
      };
    return { verdict: 'ok', summary: `${count(ready, 'pod')} ready, ${count(restarts, 'restart')}.`, facts };
  },
});

function stateOf(pod: Pod, now: Date): PodFacts['states'][number] {
  const { state, container, reason, message, exitCode, endedAt } = podTrouble(pod, now);
  return {
    pod: pod.name,
    state,
    revision: pod.revision,
    node: pod.node,
    container,
    image: pod.containers.find(({ name }) => name === container)?.image ?? null,
    reason,
    message: short(message, LONGEST_MESSAGE),
    restarts: pod.containers.reduce((sum, { restarts }) => sum + restarts, 0),
    exitCode,
    endedSecondsAgo: secondsSince(endedAt, now),
    ageSeconds: secondsSince(pod.createdAt, now) ?? 0,
  };
}

function describe(chosen: readonly { readonly pod: string; readonly state: string; readonly reason: string }[]): string {
  return some(chosen.map(({ pod, state, reason }) => `${pod} (${reason === '' ? state : `${state}: ${reason}`})`));
}
