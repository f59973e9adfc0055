import { hubAffinity } from '../evidence/hub-affinity.ts';
import { count } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type StickyFacts = { readyPods: number; tries: number; connected: number; strangers: number; cookies: string[] };

export const signalrSticky = defineCheck({
  id: 'signalr.sticky',
  title: 'Hub: clients stay with their pod',
  needs: { hubAffinity },
  judge({ hubAffinity: { data } }): Judgement<StickyFacts> {
    const { readyPods, tries, connected, strangers, otherFailure, cookies } = data;
    const facts = { readyPods, tries, connected, strangers, cookies: [...cookies] };
    if (readyPods < 2)
      return {
        verdict: 'not-applicable',
        summary: `${count(readyPods, 'pod is', 'pods are')} ready: there is no other one to end up at.`,
        facts,
      };
    const outOf = `of ${count(tries, 'connection')} over ${readyPods} pods`;
    if (strangers > 0)
      return { verdict: 'fail', summary: `${strangers} ${outOf} reached a pod that did not know what was negotiated (404).`, facts };
    if (otherFailure !== null || tries === 0)
      return {
        verdict: 'unknown',
        summary: `Whether clients stay with their pod cannot be told: ${otherFailure ?? 'nobody tried'}.`,
        facts,
      };
    return { verdict: 'ok', summary: `${connected} ${outOf} reached the pod that had negotiated.`, facts };
  },
});
