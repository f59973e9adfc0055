import { hubAttempts } from '../evidence/hub-attempts.ts';
import { refusalOf, WEB_SOCKETS } from '../rules/hub.ts';
import { milliseconds } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type NegotiateFacts = {
  path: string;
  status: number | null;
  failure: string | null;
  understood: boolean;
  webSockets: boolean;
  transports: string[];
  redirectedTo: string | null;
  cookies: string[];
  /** Whether the bot showed a token. */
  authorised: boolean;
  durationMs: number;
};

const RATE_LIMITED = 429;

export const signalrNegotiate = defineCheck({
  id: 'signalr.negotiate',
  title: 'Hub: negotiating',
  needs: { hubAttempts },
  judge({ hubAttempts: { data } }): Judgement<NegotiateFacts> {
    const all = data.attempts.map(({ negotiation }) => negotiation);
    const limited = all.find(({ status }) => status === RATE_LIMITED);
    const shown = limited ?? all.find((one) => refusalOf(one) !== null) ?? all[0];
    if (shown === undefined) return { verdict: 'unknown', summary: 'Nobody tried to negotiate.', facts: nothing(data) };
    const refusal = refusalOf(shown);
    const facts: NegotiateFacts = {
      path: data.path,
      status: shown.status,
      failure: shown.failure,
      understood: shown.understood,
      webSockets: shown.redirectedTo !== null || shown.transports.includes(WEB_SOCKETS),
      transports: [...shown.transports],
      redirectedTo: shown.redirectedTo,
      cookies: [...shown.cookies],
      authorised: data.authorised,
      durationMs: shown.durationMs,
    };
    const what = `${data.path}/negotiate`;
    if (limited !== undefined)
      return {
        verdict: 'unknown',
        summary: `${what} answered 429: the bot's tries are rate limited${shown.retryAfter === null ? '' : `, retry after ${shown.retryAfter} s`}.`,
        facts,
      };
    if (refusal !== null) return { verdict: 'fail', summary: `${what} gives no WebSocket: ${refusal}.`, facts };
    return { verdict: 'ok', summary: `${what} offers ${shown.transports.join(', ')} in ${milliseconds(shown.durationMs)}.`, facts };
  },
});

function nothing({ path, authorised }: { readonly path: string; readonly authorised: boolean }): NegotiateFacts {
  return {
    path,
    status: null,
    failure: null,
    understood: false,
    webSockets: false,
    transports: [],
    redirectedTo: null,
    cookies: [],
    authorised,
    durationMs: 0,
  };
}
