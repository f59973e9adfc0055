import type { HubAttempt, Negotiation } from '../../clients/signalr-read.ts';
import { askedOfHub, failureOf, isUnknownConnection } from '../rules/hub.ts';
import { defineSource } from '../types.ts';

/** Few attempts are enough where the hub's proxy marks its clients with a cookie; where it does not, one alone may be lucky. */
const ATTEMPTS = { withCookie: 2, withoutCookie: 5 };
/** The stages of one attempt have limits of their own, 15 s together; no further attempt begins after this time. */
const LIMIT_MS = 16_000;
const LAST_BEGINS_MS = 3_000;

export type { HubAttempt, Negotiation };

interface HubAttempts {
  readonly path: string;
  /** Whether the bot has a token for the hub. */
  readonly authorised: boolean;
  readonly attempts: readonly HubAttempt[];
}

/** Tries to connect to the hub as a browser does, one try after the other, and stops where trying again would tell nothing new. */
export const hubAttempts = defineSource<HubAttempts>({
  id: 'signalr.attempts',
  title: 'Connecting to the hub',
  permission: 'network access to the public address of the hub',
  asked: (target) => askedOfHub(target),
  timeoutMs: () => LIMIT_MS,
  async collect({ target, clients, signal }) {
    const began = performance.now();
    const path = target.application.hubPath;
    const attempts: HubAttempt[] = [];
    for (let wanted = 1; attempts.length < wanted; ) {
      const attempt = await clients.signalr.attempt({ path, holdMs: 0, signal });
      attempts.push(attempt);
      const worthwhile = failureOf(attempt) === null || isUnknownConnection(attempt);
      const enough = attempt.negotiation.cookies.length > 0 ? ATTEMPTS.withCookie : ATTEMPTS.withoutCookie;
      wanted = worthwhile && performance.now() - began < LAST_BEGINS_MS ? enough : 0;
    }
    return { data: { path, authorised: clients.signalr.authorised, attempts }, complete: true };
  },
});
