import type { HubAttempt } from '../../clients/signalr-read.ts';
import { askedOfHub, failureOf, isUnknownConnection } from '../rules/hub.ts';
import { defineSource } from '../types.ts';
import { pods } from './pods.ts';

/** Tries for each pod, and at most. */
const TRIES_PER_POD = 2;
const MOST_TRIES = 10;
/** The stages of one try have limits of their own, 15 s together; no further try begins after this time. */
const LIMIT_MS = 20_000;
const LAST_BEGINS_MS = 5_000;

export interface HubAffinity {
  readonly readyPods: number;
  readonly tries: number;
  readonly connected: number;
  /** Tries whose WebSocket reached a pod that did not know what another one had negotiated. */
  readonly strangers: number;
  /** Why a try came to something else, where one did: the others were not made. */
  readonly otherFailure: string | null;
  readonly cookies: readonly string[];
}

/** Negotiates and connects again and again: with several pods, both requests of a client must reach the same one. */
export const hubAffinity = defineSource<HubAffinity>({
  id: 'signalr.affinity',
  title: 'Whether clients stay with their pod',
  permission: 'network access to the public address of the hub',
  asked: (target) => askedOfHub(target),
  timeoutMs: () => LIMIT_MS,
  async collect({ target, clients, signal, require }) {
    const readyPods = (await require(pods)).data.filter(({ ready }) => ready).length;
    const wanted = readyPods < 2 ? 0 : Math.min(MOST_TRIES, TRIES_PER_POD * readyPods);
    const attempts: HubAttempt[] = [];
    let otherFailure: string | null = null;
    const began = performance.now();
    while (attempts.length < wanted && otherFailure === null && performance.now() - began < LAST_BEGINS_MS) {
      const attempt = await clients.signalr.attempt({ path: target.application.hubPath, holdMs: 0, signal });
      attempts.push(attempt);
      if (!isUnknownConnection(attempt)) otherFailure = failureOf(attempt)?.text ?? null;
    }
    const data: HubAffinity = {
      readyPods,
      tries: attempts.length,
      connected: attempts.filter((attempt) => failureOf(attempt) === null).length,
      strangers: attempts.filter(isUnknownConnection).length,
      otherFailure,
      cookies: attempts[0]?.negotiation.cookies ?? [],
    };
    return { data, complete: true };
  },
});
