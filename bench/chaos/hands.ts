import pLimit, { type LimitFunction } from 'p-limit';
import type { Draws } from '../../sandbox/random.ts';
import type { SlackControl } from '../../sandbox/slack/control-client.ts';
import type { Click } from './figures.ts';
import { channelOf, laneOf } from './people.ts';
import type { SeenRequest } from './requests-view.ts';
import type { Wish } from './wishes.ts';

interface Proposal {
  readonly user: string;
  readonly channel: string;
  readonly target: string;
  readonly wish: Wish;
}

/** What people do in Slack. Nothing of it fails: whoever sees no effect does it again. */
export interface Hands {
  /** Every click on Approve, written down before it is made. */
  readonly clicks: readonly Click[];
  /** Clicks of any kind, and those of them that were made on a message as the channel showed it. */
  readonly count: { readonly clicks: number; readonly onMessages: number };
  /** Asks for a fix by the command. False where no bot answered: it may have heard it all the same. */
  propose(proposal: Proposal): Promise<boolean>;
  approve(request: SeenRequest, user: string): Promise<void>;
  /** Presses Reject and sends the window off that asks for the reason. */
  reject(request: SeenRequest, user: string): Promise<void>;
  stop(request: SeenRequest, user: string): Promise<void>;
}

/** Of how many clicks the person waits until Slack shows the button. */
const SHARE_ON_MESSAGES = 0.1;
const MESSAGE_WITHIN_MS = 3_000;
const WINDOW_WITHIN_MS = 3_000;

export function handsOn(control: SlackControl, draws: Draws): Hands {
  const clicks: Click[] = [];
  const count = { clicks: 0, onMessages: 0 };
  const turns = new Map<string, LimitFunction>();
  /** One window is open for a person at a time. */
  const inTurn = (user: string): LimitFunction => {
    const turn = turns.get(user) ?? pLimit(1);
    turns.set(user, turn);
    return turn;
  };
  const press = async (actionId: string, { target }: SeenRequest, user: string, value: string): Promise<void> => {
    count.clicks += 1;
    await control.press({ user, channel: channelOf(laneOf(target)), actionId, value }).catch(() => {});
  };
  const pressDecision = async (actionId: string, request: SeenRequest, user: string): Promise<void> => {
    const channel = channelOf(laneOf(request.target));
    const ts = draws.next() < SHARE_ON_MESSAGES ? await messageOf(request, channel, control) : undefined;
    if (actionId === APPROVE) clicks.push({ at: Date.now(), request: request.id, user, fingerprint: request.fingerprint ?? '' });
    if (ts === undefined) return press(actionId, request, user, decisionOf(request));
    count.clicks += 1;
    count.onMessages += 1;
    await control.click({ user, channel, ts, actionId }).catch(() => {});
  };
  return {
    clicks,
    count,
    async propose({ user, channel, target, wish }) {
      const text = `/hotswap fix ${wish.words} ${target}`;
      const outcome = await control.say({ user, channel, text }).catch(() => undefined);
      return outcome?.ok === true;
    },
    approve: (request, user) => pressDecision(APPROVE, request, user),
    reject: (request, user) =>
      inTurn(user)(async () => {
        await pressDecision(REJECT, request, user);
        const viewId = await windowOf(request, user, control);
        if (viewId !== undefined) await control.submit({ user, viewId, typed: { reason: 'Not now.' } }).catch(() => {});
      }),
    stop: (request, user) => press('fix:stop', request, user, request.id),
  };
}

const APPROVE = 'fix:approve';
const REJECT = 'fix:reject';

const decisionOf = ({ id, fingerprint }: SeenRequest): string => `${id}/${fingerprint}`;

/** The message that shows the buttons of a request; undefined where Slack does not show it soon. */
async function messageOf(request: SeenRequest, channel: string, control: SlackControl): Promise<string | undefined> {
  const shows = ({ blocks }: { readonly blocks: readonly unknown[] }) =>
    JSON.stringify(blocks).includes(`"value":"${decisionOf(request)}"`);
  const found = await control.waitForMessage({ channel }, shows, MESSAGE_WITHIN_MS).catch(() => undefined);
  return found?.ts;
}

/** The window that asks this person why; undefined where none opens soon, such as for somebody who may not reject. */
async function windowOf(request: SeenRequest, user: string, control: SlackControl): Promise<string | undefined> {
  const look = async () => (await control.views(user)).find(({ content }) => content.private_metadata === decisionOf(request))?.id;
  return control.waitFor('the window', look, WINDOW_WITHIN_MS).catch(() => undefined);
}
