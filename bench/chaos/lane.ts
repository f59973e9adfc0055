import { setTimeout as delay } from 'node:timers/promises';
import type { Draws } from '../../sandbox/random.ts';
import type { SlackControl } from '../../sandbox/slack/control-client.ts';
import { type Bounds, FIRST } from './counting-cluster.ts';
import type { Click } from './figures.ts';
import { APPROVERS, channelOf, namespaceOf, quorumOf, requesterOf, strangersOf } from './people.ts';
import { propose } from './propose.ts';
import { FINAL, type RequestsView, type SeenRequest } from './requests-view.ts';
import { pickWeighted } from './weighted.ts';

/** What people do with one request, and how often, in parts; those that wait until the approval expires keep a lane for long. */
const WEIGHTS = {
  approve: 30,
  'approve twice at once': 14,
  'approve by three at once': 10,
  'approve after strangers tried': 12,
  'strangers only': 1,
  nobody: 1,
  'own request': 8,
  reject: 5,
  withdraw: 3,
  'approve and reject at once': 6,
  'approve, then stop': 8,
  'an old plan, then the new one': 6,
};
type Story = keyof typeof WEIGHTS;

export interface LaneWorld {
  readonly control: SlackControl;
  readonly view: RequestsView;
  readonly draws: Draws;
  /** Every click on Approve, written down before it is made. */
  readonly clicks: Click[];
  /** Clicks of any kind, and those of them that were made on a message as the channel showed it. */
  readonly count: { clicks: number; onMessages: number };
  readonly signal: AbortSignal;
}

const PLANNED_WITHIN_MS = 60_000;
const ENDED_WITHIN_MS = 120_000;
/** Whoever clicked and sees nothing happen clicks again. */
const CLICKS_AGAIN_AFTER_MS = 6_000;
/** Nobody clicks for ever: what is left undecided then expires. */
const CLICKS = 6;
/** Of how many requests the first click waits until Slack shows the button. */
const SHARE_ON_MESSAGES = 0.1;
const MESSAGE_WITHIN_MS = 3_000;
const OLD_FINGERPRINT = '0'.repeat(64);

/** One person after the other asks for another change of the same autoscaler, until the bench has enough. */
export async function runLane(lane: number, world: LaneWorld): Promise<void> {
  for (let turn = 0; !world.signal.aborted; turn += 1) {
    const request = await ask(lane, boundsOf(turn), world);
    if (request === undefined) continue;
    await act(lane, request, pickWeighted(WEIGHTS, world.draws), world);
    await world.view.wait((all) => {
      const { state } = all.get(request.id) ?? request;
      return FINAL.has(state) ? true : undefined;
    }, ENDED_WITHIN_MS);
  }
}

/** Bounds that no request of the lane has asked for before, nor will again. */
function boundsOf(turn: number): Bounds {
  const tops = 400;
  return { minimum: 1 + Math.floor(turn / tops), maximum: FIRST.maximum + 1 + (turn % tops) };
}

/** The request as it is when it has a plan; undefined where it came to none. */
async function ask(lane: number, bounds: Bounds, { control, view }: LaneWorld): Promise<SeenRequest | undefined> {
  const target = namespaceOf(lane);
  const mine = ({ target: own, params, replaces }: SeenRequest) =>
    own === target && params.minReplicas === bounds.minimum && params.maxReplicas === bounds.maximum && replaces === null;
  const find = (all: ReadonlyMap<string, SeenRequest>) => [...all.values()].find(mine);
  const asked = await propose(control, { user: requesterOf(lane), channel: channelOf(lane), target, bounds }).catch(() => false);
  const found = await view.wait(find, asked ? 10_000 : 2_000); // where the answer was lost the request may be there all the same
  if (found === undefined) return undefined;
  return view.wait((all) => {
    const request = all.get(found.id);
    return request === undefined || request.state === 'planning' ? undefined : request;
  }, PLANNED_WITHIN_MS);
}

async function act(lane: number, request: SeenRequest, story: Story, world: LaneWorld): Promise<void> {
  if (request.state !== 'awaiting-approval' || request.fingerprint === null) return;
  const { draws } = world;
  const requester = requesterOf(lane);
  const allowed = allowedIn(lane);
  const one = draws.pick(allowed);
  const approve = (user: string) => click('approve', lane, request, user, world);
  const reject = (user: string) => click('reject', lane, request, user, world);
  const strangers = async () => {
    for (const user of strangersOf(lane)) if (user !== requester) await approve(user);
  };
  switch (story) {
    case 'approve':
      return insist(lane, request, world);
    case 'approve twice at once':
      await Promise.all([approve(one), approve(one)]);
      return insist(lane, request, world);
    case 'approve by three at once':
      await Promise.all(allowed.slice(0, 3).map(approve));
      return insist(lane, request, world);
    case 'approve after strangers tried':
      await strangers();
      return insist(lane, request, world);
    case 'strangers only':
      return strangers();
    case 'nobody':
      return;
    case 'own request':
      await approve(requester);
      return insist(lane, request, world);
    case 'reject':
      await reject(one);
      await approve(draws.pick(allowed));
      return settle(lane, request, world);
    case 'withdraw':
      await reject(requester);
      return settle(lane, request, world);
    case 'approve and reject at once':
      await Promise.all([approve(one), reject(draws.pick(allowed))]);
      return settle(lane, request, world);
    case 'approve, then stop':
      await insist(lane, request, world);
      await delay(draws.between(0, 3_000));
      world.count.clicks += 1;
      await world.control.press({ user: requester, channel: channelOf(lane), actionId: 'fix:stop', value: request.id }).catch(() => {});
      return;
    case 'an old plan, then the new one':
      await press('approve', lane, { ...request, fingerprint: OLD_FINGERPRINT }, one, world);
      return insist(lane, request, world);
  }
}

/** Clicks until something is seen to happen: a click is lost where the bot that took it is killed. */
async function insist(lane: number, request: SeenRequest, world: LaneWorld): Promise<void> {
  await repeat(request, world, async () => {
    const first = world.draws.whole(0, 2);
    const allowed = allowedIn(lane);
    for (let index = 0; index < quorumOf(lane); index += 1)
      await click('approve', lane, request, allowed[(first + index) % allowed.length] ?? '', world);
  });
}

const allowedIn = (lane: number): readonly string[] => APPROVERS.filter((user) => user !== requesterOf(lane));

/** Where nobody's click has ended it, an approver does. */
async function settle(lane: number, request: SeenRequest, world: LaneWorld): Promise<void> {
  const [user = ''] = allowedIn(lane);
  if ((await moved(request, world, CLICKS_AGAIN_AFTER_MS)) !== undefined) return;
  await repeat(request, world, () => click('reject', lane, request, user, world));
}

async function repeat(request: SeenRequest, world: LaneWorld, press: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt <= CLICKS; attempt += 1) {
    await press();
    if ((await moved(request, world, CLICKS_AGAIN_AFTER_MS)) !== undefined) return;
  }
}

/** Whether it waits for nobody any more. */
function moved({ id }: SeenRequest, { view }: LaneWorld, ms: number): Promise<string | undefined> {
  return view.wait((all) => {
    const state = all.get(id)?.state;
    return state === undefined || state === 'awaiting-approval' ? undefined : state;
  }, ms);
}

async function click(kind: 'approve' | 'reject', lane: number, request: SeenRequest, user: string, world: LaneWorld): Promise<void> {
  const message = world.draws.next() < SHARE_ON_MESSAGES ? await messageOf(lane, request, world) : undefined;
  if (message === undefined) return press(kind, lane, request, user, world);
  note(kind, request, user, world);
  world.count.onMessages += 1;
  await world.control.click({ user, channel: channelOf(lane), ts: message, actionId: `fix:${kind}` }).catch(() => {});
}

async function press(kind: 'approve' | 'reject', lane: number, request: SeenRequest, user: string, world: LaneWorld): Promise<void> {
  note(kind, request, user, world);
  const value = `${request.id}/${request.fingerprint}`;
  await world.control.press({ user, channel: channelOf(lane), actionId: `fix:${kind}`, value }).catch(() => {});
}

function note(kind: 'approve' | 'reject', { id, fingerprint }: SeenRequest, user: string, { clicks, count }: LaneWorld): void {
  count.clicks += 1;
  if (kind === 'approve') clicks.push({ at: Date.now(), request: id, user, fingerprint: fingerprint ?? '' });
}

/** The message that shows the buttons of a request; undefined where Slack does not show it soon. */
async function messageOf(lane: number, { id }: SeenRequest, { control }: LaneWorld): Promise<string | undefined> {
  const shows = ({ blocks }: { readonly blocks: readonly unknown[] }) => JSON.stringify(blocks).includes(`"value":"${id}/`);
  const found = await control.waitForMessage({ channel: channelOf(lane) }, shows, MESSAGE_WITHIN_MS).catch(() => undefined);
  return found?.ts;
}
