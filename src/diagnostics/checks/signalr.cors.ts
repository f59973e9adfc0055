import { hubPreflight } from '../evidence/hub-preflight.ts';
import { some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type CorsFacts = {
  origin: string | null;
  status: number | null;
  allowOrigin: string | null;
  allowCredentials: boolean;
  /** The origins that the Deployment allows, by variable; null values are not shown. */
  configured: { variable: string; value: string | null }[];
  /** Whether the Deployment could be read. */
  configurationSeen: boolean;
};

const RATE_LIMITED = 429;
const SERVER_ERROR = 500;

export const signalrCors = defineCheck({
  id: 'signalr.cors',
  title: 'Hub: browsers may call it',
  needs: { hubPreflight },
  judge({ hubPreflight: { data } }): Judgement<CorsFacts> {
    if (data === null)
      return {
        verdict: 'not-applicable',
        summary: 'No origin of the web application is configured (application.hubOrigin).',
        facts: { origin: null, status: null, allowOrigin: null, allowCredentials: false, configured: [], configurationSeen: false },
      };
    const { origin, answer, configured } = data;
    const { status, failure, allowOrigin, allowCredentials } = answer;
    const facts: CorsFacts = {
      origin,
      status,
      allowOrigin,
      allowCredentials,
      configured: (configured ?? []).map((one) => ({ ...one })),
      configurationSeen: configured !== null,
    };
    const allowed =
      configured === null
        ? ''
        : ` The Deployment allows ${some(configured.map(({ value }) => value ?? 'an origin that is not shown')) || 'none'}.`;
    if (status === null || status === RATE_LIMITED || status >= SERVER_ERROR)
      return { verdict: 'unknown', summary: `The hub did not say whether pages of ${origin} may call it: ${failure ?? status}.`, facts };
    if (allowOrigin !== origin)
      return {
        verdict: 'fail',
        summary: `Browsers may not call the hub from ${origin}: it allows ${allowOrigin ?? 'no origin'}.${allowed}`,
        facts,
      };
    if (!allowCredentials)
      return {
        verdict: 'fail',
        summary: `Browsers may call the hub from ${origin}, but without cookies and tokens: SignalR needs them.${allowed}`,
        facts,
      };
    return { verdict: 'ok', summary: `Browsers may call the hub from ${origin}.`, facts };
  },
});
