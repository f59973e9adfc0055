import { prometheusState } from '../evidence/prometheus-state.ts';
import { defineCheck, type Judgement } from '../types.ts';

type ReadyFacts = { ready: boolean; status: number | null; failure: string | null; said: string; version: string | null };

export const promReady = defineCheck({
  id: 'prom.ready',
  title: 'Prometheus itself',
  needs: { prometheusState },
  judge({ prometheusState: { data } }): Judgement<ReadyFacts> {
    const facts = { ...data };
    if (data.ready)
      return { verdict: 'ok', summary: `Prometheus${data.version === null ? '' : ` ${data.version}`} is up and ready.`, facts };
    if (data.status !== null && data.status < 500)
      return {
        verdict: 'unknown',
        summary: `/-/ready is answered with ${data.status}, which Prometheus never says: it is something else, or something before it.`,
        facts,
      };
    const answer = data.status === null ? `does not answer (${data.failure ?? 'no reason given'})` : `answers /-/ready with ${data.status}`;
    return { verdict: 'fail', summary: `Prometheus ${answer}: nothing that rests on metrics can be known.`, facts };
  },
});
