import type { HubAttempt } from '../../clients/signalr-read.ts';
import { askedOfHub } from '../rules/hub.ts';
import { defineSource } from '../types.ts';

interface HubHold {
  readonly wantedSeconds: number;
  readonly attempt: HubAttempt;
}

/** Time on top of the hold: to connect, and to come to an end. */
const MARGIN_MS = 15_000;

/** Connects and stays, as a page that is left open does. Null: it is not configured, as it takes long. */
export const hubHold = defineSource<HubHold | null>({
  id: 'signalr.hold',
  title: 'Staying connected to the hub',
  permission: 'network access to the public address of the hub',
  asked: (target) => askedOfHub(target),
  timeoutMs: ({ application }) => application.hubIdleSeconds * 1_000 + MARGIN_MS,
  async collect({ target, clients, signal }) {
    const { hubIdleSeconds, hubPath } = target.application;
    if (hubIdleSeconds === 0) return { data: null, complete: true };
    const attempt = await clients.signalr.attempt({ path: hubPath, holdMs: hubIdleSeconds * 1_000, signal });
    return { data: { wantedSeconds: hubIdleSeconds, attempt }, complete: true };
  },
});
