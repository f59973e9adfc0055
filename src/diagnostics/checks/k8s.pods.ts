import { deployment } from '../evidence/deployment.ts';
import { pods } from '../evidence/pods.ts';
import { count, some } from '../rules/phrases.ts';
import { podState } from '../rules/pod-state.ts';
import { defineCheck, type Judgement } from '../types.ts';

type PodFacts = { total: number; ready: number; restarts: number; states: { pod: string; state: string; revision: number | null }[] };

const BROKEN = new Set(['failed', 'unschedulable', 'image', 'config', 'oom', 'crash-loop', 'stuck-terminating']);

export const k8sPods = defineCheck({
  id: 'k8s.pods',
  title: 'Pods',
  needs: { pods, deployment },
  judge({ pods: { data }, deployment: { data: owner } }, { now }): Judgement<PodFacts> {
    const states = data.map((pod) => ({ pod: pod.name, state: podState(pod, now), revision: pod.revision }));
    const living = states.filter(({ state }) => state !== 'terminating');
    const ready = living.filter(({ state }) => state === 'ready').length;
    const restarts = data.reduce((sum, pod) => sum + pod.containers.reduce((own, container) => own + container.restarts, 0), 0);
    const facts = { total: living.length, ready, restarts, states };
    const describe = (chosen: typeof states) => some(chosen.map(({ pod, state }) => `${pod} (${state})`));
    const broken = living.filter(({ state }) => BROKEN.has(state));
    const waiting = living.filter(({ state }) => state === 'not-ready');
    if (owner.replicas > 0 && living.length === 0) return { verdict: 'fail', summary: 'The Deployment has no pod.', facts };
    if (broken.length > 0)
      return { verdict: 'fail', summary: `${broken.length} of ${count(living.length, 'pod')} cannot run: ${describe(broken)}.`, facts };
    if (waiting.length > 0)
      return {
        verdict: 'warn',
        summary: `${waiting.length} of ${count(living.length, 'pod')} run without being ready: ${describe(waiting)}.`,
        facts,
      };
    if (ready < living.length)
      return { verdict: 'warn', summary: `${living.length - ready} of ${count(living.length, 'pod')} are starting.`, facts };
    return { verdict: 'ok', summary: `${count(ready, 'pod')} ready, ${count(restarts, 'restart')}.`, facts };
  },
});
