import { hubHold } from '../evidence/hub-hold.ts';
import { failureOf } from '../rules/hub.ts';
import { count, seconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type IdleFacts = { asked: boolean; dropped: boolean; heldSeconds: number | null; wantedSeconds: number; pings: number };

export const signalrIdle = defineCheck({
  id: 'signalr.idle',
  title: 'Hub: staying connected',
  needs: { hubHold },
  judge({ hubHold: { data } }): Judgement<IdleFacts> {
    if (data === null)
      return {
        verdict: 'not-applicable',
        summary: 'It is not configured to hold a connection (application.hubIdleSeconds).',
        facts: { asked: false, dropped: false, heldSeconds: null, wantedSeconds: 0, pings: 0 },
      };
    const { wantedSeconds, attempt } = data;
    const hold = attempt.connection?.hold ?? null;
    const heldSeconds = hold === null ? null : hold.heldMs / 1_000;
    const facts = { asked: true, dropped: hold?.dropped ?? false, heldSeconds, wantedSeconds, pings: hold?.pings ?? 0 };
    if (hold === null || heldSeconds === null)
      return { verdict: 'unknown', summary: `There was no connection to hold: ${failureOf(attempt)?.text ?? 'it was not kept'}.`, facts };
    const pings = count(hold.pings, 'ping');
    if (hold.dropped)
      return {
        verdict: 'fail',
        summary: `A connection that was left alone ended after ${seconds(heldSeconds)} and ${pings} (close code ${hold.closeCode ?? 'none'}).`,
        facts,
      };
    return { verdict: 'ok', summary: `A connection that was left alone lasted ${seconds(heldSeconds)}, with ${pings}.`, facts };
  },
});
