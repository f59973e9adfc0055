import { setTimeout as delay } from 'node:timers/promises';
import type { Draws } from '../../sandbox/random.ts';
import type { Hands } from './hands.ts';
import { APPROVERS, channelOf, namespaceOf, quorumOf, requesterOf, strangersOf } from './people.ts';
import { FINAL, type RequestsView, type SeenRequest } from './requests-view.ts';
import { pickWeighted } from './weighted.ts';
import { type Wish, wishOf } from './wishes.ts';

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
  readonly hands: Hands;
  readonly view: RequestsView;
  readonly draws: Draws;
  readonly signal: AbortSignal;
}

const PLANNED_WITHIN_MS = 60_000;
const ENDED_WITHIN_MS = 120_000;
/** Whoever clicked and sees nothing happen clicks again. */
const CLICKS_AGAIN_AFTER_MS = 6_000;
/** Nobody clicks for ever: what is left undecided then expires. */
const CLICKS = 6;
const OLD_FINGERPRINT = '0'.repeat(64);

/** One person after the other asks for another change of the same target, until the bench has enough. */
export async function runLane(lane: number, world: LaneWorld): Promise<void> {
  for (let turn = 0; !world.signal.aborted; turn += 1) {
    const request = await ask(lane, wishOf(lane, turn), world);
    if (request === undefined) continue;
    await act(lane, request, pickWeighted(WEIGHTS, world.draws), world);
    await world.view.wait(() => (FINAL.has(world.view.all.get(request.id)?.state ?? '') ? true : undefined), ENDED_WITHIN_MS, world.signal);
  }
}

/** The request as it is when it has a plan; undefined where it came to none. */
async function ask(lane: number, wish: Wish, { hands, view, signal }: LaneWorld): Promise<SeenRequest | undefined> {
  const target = namespaceOf(lane);
  const find = () => [...view.of(target)].find((request) => request.replaces === null && wish.fits(request));
  const asked = await hands.propose({ user: requesterOf(lane), channel: channelOf(lane), target, wish });
  const found = await view.wait(find, asked ? 10_000 : 2_000, signal); // where the answer was lost the request may be there all the same
  if (found === undefined) return undefined;
  const planned = () => {
    const request = view.all.get(found.id);
    return request === undefined || request.state === 'planning' ? undefined : request;
  };
  return view.wait(planned, PLANNED_WITHIN_MS, signal);
}

async function act(lane: number, request: SeenRequest, story: Story, world: LaneWorld): Promise<void> {
  if (request.state !== 'awaiting-approval' || request.fingerprint === null) return;
  const { draws, hands } = world;
  const requester = requesterOf(lane);
  const allowed = allowedIn(lane);
  const one = draws.pick(allowed);
  const approve = (user: string) => hands.approve(request, user);
  const reject = (user: string) => hands.reject(request, user);
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
      return hands.stop(request, requester);
    case 'an old plan, then the new one':
      await hands.approve({ ...request, fingerprint: OLD_FINGERPRINT }, one);
      return insist(lane, request, world);
  }
}

/** Clicks until something is seen to happen: a click is lost where the bot that took it is killed. */
async function insist(lane: number, request: SeenRequest, world: LaneWorld): Promise<void> {
  await repeat(request, world, async () => {
    const first = world.draws.whole(0, 2);
    const allowed = allowedIn(lane);
    for (let index = 0; index < quorumOf(lane); index += 1)
      await world.hands.approve(request, allowed[(first + index) % allowed.length] ?? '');
  });
}

const allowedIn = (lane: number): readonly string[] => APPROVERS.filter((user) => user !== requesterOf(lane));

/** Where nobody's click has ended it, an approver does. */
async function settle(lane: number, request: SeenRequest, world: LaneWorld): Promise<void> {
  const [user = ''] = allowedIn(lane);
  if ((await moved(request, world, CLICKS_AGAIN_AFTER_MS)) !== undefined) return;
  await repeat(request, world, () => world.hands.reject(request, user));
}

async function repeat(request: SeenRequest, world: LaneWorld, press: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt <= CLICKS && !world.signal.aborted; attempt += 1) {
    await press();
    if ((await moved(request, world, CLICKS_AGAIN_AFTER_MS)) !== undefined) return;
  }
}

/** Whether it waits for nobody any more. */
function moved({ id }: SeenRequest, { view, signal }: LaneWorld, ms: number): Promise<string | undefined> {
  const state = () => {
    const now = view.all.get(id)?.state;
    return now === 'awaiting-approval' ? undefined : now;
  };
  return view.wait(state, ms, signal);
}
