import { volumeClaims } from '../evidence/volume-claims.ts';
import { count, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type ClaimFacts = { claims: { name: string; phase: string; storageClass: string | null; pods: number }[]; unbound: number };

export const k8sPvc = defineCheck({
  id: 'k8s.pvc',
  title: 'Volume claims',
  needs: { volumeClaims },
  judge({ volumeClaims: { data } }): Judgement<ClaimFacts> {
    const claims = data.map(({ name, phase, storageClass, pods }) => ({ name, phase, storageClass, pods: pods.length }));
    const unbound = claims.filter(({ phase }) => phase !== 'Bound');
    const facts = { claims, unbound: unbound.length };
    if (claims.length === 0) return { verdict: 'not-applicable', summary: 'The pods mount no volume claims.', facts };
    if (unbound.length > 0)
      return {
        verdict: 'fail',
        summary: `${unbound.length} of ${count(claims.length, 'volume claim')} of the pods cannot be mounted: ${some(unbound.map(({ name, phase }) => `${name} (${phase})`))}.`,
        facts,
      };
    return {
      verdict: 'ok',
      summary: `${count(claims.length, 'volume claim')} of the pods ${claims.length === 1 ? 'is' : 'are'} bound.`,
      facts,
    };
  },
});
