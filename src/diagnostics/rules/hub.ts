import type { NamedTarget } from '../../config/settings.ts';
import type { HubAttempt, Negotiation } from '../evidence/hub-attempts.ts';
import type { Asked } from '../report.ts';
import { short } from './phrases.ts';
import { curl } from './shell.ts';

/** How a try to connect to a SignalR hub is read. */

/** Where a try ended before it should have. */
export type HubStage = 'negotiate' | 'upgrade' | 'handshake';

export interface HubFailure {
  readonly stage: HubStage;
  readonly status: number | null;
  /** errno or TLS code, or "timeout". */
  readonly failure: string | null;
  readonly text: string;
}

export const WEB_SOCKETS = 'WebSockets';
const SWITCHING_PROTOCOLS = 101;
const NOT_FOUND = 404;

/** Why a try came to nothing; null: it did not. */
export function failureOf({ negotiation, connection }: HubAttempt): HubFailure | null {
  const refusal = refusalOf(negotiation);
  if (refusal !== null) return { stage: 'negotiate', status: negotiation.status, failure: negotiation.failure, text: refusal };
  if (connection === null) return { stage: 'negotiate', status: negotiation.status, failure: null, text: 'it named nothing to connect to' };
  const { upgrade, handshake } = connection;
  if (upgrade.status !== SWITCHING_PROTOCOLS) {
    const said = upgrade.text === '' ? '' : ` ("${short(upgrade.text, 80)}")`;
    return {
      stage: 'upgrade',
      status: upgrade.status,
      failure: upgrade.failure,
      text: `${upgrade.failure ?? upgrade.status ?? 'no answer'}${said}`,
    };
  }
  if (handshake === null || handshake.outcome === 'accepted') return null;
  const text = handshake.error ?? (handshake.outcome === 'timeout' ? 'no answer' : handshake.outcome);
  return { stage: 'handshake', status: upgrade.status, failure: handshake.outcome, text: short(text, 120) };
}

/** Why a negotiation gives no WebSocket; null: it does. */
export function refusalOf({ status, failure, error, understood, transports, redirectedTo }: Negotiation): string | null {
  if (failure !== null) return failure;
  if (status !== 200) return String(status ?? 'no answer');
  if (error !== null) return `the hub says "${short(error, 120)}"`;
  if (!understood) return 'what answered is no SignalR hub';
  if (redirectedTo === null && transports.length > 0 && !transports.includes(WEB_SOCKETS))
    return `only ${transports.join(' and ')} are offered`;
  return null;
}

/** Each pod knows the connections that it negotiated itself: another one answers with 404. The hub's own path answers 404 to `negotiate` already. */
export function isUnknownConnection(attempt: HubAttempt): boolean {
  const failure = failureOf(attempt);
  return failure?.stage === 'upgrade' && failure.status === NOT_FOUND;
}

export function hubVariable({ application }: NamedTarget): string {
  return application.hubUrlFrom ?? application.baseUrlFrom ?? 'BASE_URL';
}

/** The first of the requests that a client makes; the second one needs what it answers. */
export function askedOfHub(target: NamedTarget): Asked {
  const { hubPath } = target.application;
  const hub = `$${hubVariable(target)}${hubPath}`;
  return curl(
    `-sS -m 5 -i -X POST -H 'X-Requested-With: XMLHttpRequest' "${hub}/negotiate?negotiateVersion=1"\n# then, with connectionToken as id and the cookies that were set: wscat -c "${hub}?id=…" and send {"protocol":"json","version":1} followed by byte 0x1e`,
  );
}
