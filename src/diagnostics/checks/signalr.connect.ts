import { hubAttempts } from '../evidence/hub-attempts.ts';
import { failureOf, isUnknownConnection } from '../rules/hub.ts';
import { count } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type ConnectFacts = {
  attempts: number;
  connected: number;
  /** Attempts whose WebSocket reached a pod that did not know what was negotiated. */
  strangers: number;
  /** How far the first failed attempt got: negotiate, upgrade or handshake; null: none failed. */
  stage: string | null;
  status: number | null;
  failure: string | null;
  text: string;
  cookies: string[];
};

const RATE_LIMITED = 429;

export const signalrConnect = defineCheck({
  id: 'signalr.connect',
  title: 'Hub: connecting',
  needs: { hubAttempts },
  judge({ hubAttempts: { data } }): Judgement<ConnectFacts> {
    const failures = data.attempts.flatMap((attempt) => failureOf(attempt) ?? []);
    const [first] = failures;
    const facts: ConnectFacts = {
      attempts: data.attempts.length,
      connected: data.attempts.length - failures.length,
      strangers: data.attempts.filter(isUnknownConnection).length,
      stage: first?.stage ?? null,
      status: first?.status ?? null,
      failure: first?.failure ?? null,
      text: first?.text ?? '',
      cookies: [...(data.attempts[0]?.negotiation.cookies ?? [])],
    };
    if (facts.attempts === 0) return { verdict: 'unknown', summary: 'Nobody tried to connect.', facts };
    if (first === undefined)
      return {
        verdict: 'ok',
        summary: `${count(facts.attempts, 'connection')} to ${data.path} got through negotiation, upgrade and handshake.`,
        facts,
      };
    const summary = `${failures.length} of ${facts.attempts} tries to connect to ${data.path} ended at the ${STAGES[first.stage]}: ${first.text}.`;
    return { verdict: failures.some(({ status }) => status === RATE_LIMITED) ? 'unknown' : 'fail', summary, facts };
  },
});

const STAGES = { negotiate: 'negotiation', upgrade: 'upgrade to a WebSocket', handshake: 'handshake' } as const;
