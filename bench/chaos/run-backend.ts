import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { draws } from '../../sandbox/random.ts';
import { decided, judge, type Ledger } from './figures.ts';
import { type Hands, handsOn } from './hands.ts';
import { runLane } from './lane.ts';
import { type Damage, sureOf, wreak } from './mayhem.ts';
import { APPROVERS, namespaceOf, quorumOf } from './people.ts';
import { FINAL, type RequestsView, viewRequests } from './requests-view.ts';
import { readStages, type Stages } from './stages.ts';
import { type Backend, type ChaosWorld, startWorld } from './world.ts';

export interface Settings {
  readonly approvals: number;
  readonly lanes: number;
  readonly seed: number;
  readonly minutes: number;
  readonly limits: boolean;
  readonly keep: boolean;
}

export interface Result {
  readonly backend: Backend;
  readonly ledger: Ledger;
  readonly damage: Damage;
  readonly clicks: Hands['count'];
  readonly lostAnswers: number;
  readonly stages: Stages;
  readonly seconds: number;
}

/** After the last blow, everything must come to an end within this. Longer than the longest lease, and then the settling. */
const SETTLED_WITHIN_MS = 150_000;
/** Starting the processes at first, letting the last blow pass, and ending everything. */
const ALLOWANCE_MS = 240_000;

/**
 * People ask, approve and stop on one backend of the queue, while what serves them is killed, until there are enough approvals.
 * @throws Error where it does not come to an end, with what it was at.
 */
export async function runBackend(backend: Backend, settings: Settings): Promise<Result> {
  const random = draws(settings.seed).branch(backend);
  const world = await startWorld({ backend, lanes: settings.lanes, limits: settings.limits, draws: random });
  const view = viewRequests(world.storeUrl);
  const enough = new AbortController();
  let keep = settings.keep;
  try {
    const result = await inTime(backend, settings, (at) => live({ backend, world, view, enough, settings, at }));
    keep ||= judge(result.ledger).faults.length > 0;
    if (keep) await writeFile(join(world.logFolder, 'ledger.json'), JSON.stringify(result.ledger, null, 1));
    return result;
  } catch (error) {
    keep = true;
    throw error;
  } finally {
    enough.abort();
    await view.close();
    await world.close(keep);
    if (keep) process.stderr.write(`logs and databases: ${world.logFolder}\n`);
  }
}

/** Says what is being done. */
type Tell = (what: string) => void;

async function inTime(backend: Backend, { minutes }: Settings, work: (at: Tell) => Promise<Result>): Promise<Result> {
  let last = 'beginning';
  let timer: NodeJS.Timeout | undefined;
  const ms = minutes * 60_000 + SETTLED_WITHIN_MS + ALLOWANCE_MS;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${backend}: it came to no end within ${ms / 1000} s; it was ${last}`)), ms);
  });
  const working = work((what) => {
    last = what;
  });
  try {
    return await Promise.race([working, late]);
  } finally {
    clearTimeout(timer);
    working.catch(() => {}); // told above, or too late to be told
  }
}

interface Live {
  readonly backend: Backend;
  readonly world: ChaosWorld;
  readonly view: RequestsView;
  readonly enough: AbortController;
  readonly settings: Settings;
  readonly at: Tell;
}

async function live({ backend, world, view, enough, settings, at }: Live): Promise<Result> {
  const random = draws(settings.seed).branch(`${backend} people`);
  const began = Date.now();
  const damage: Damage = { kills: 0, pauses: 0, redisRestarts: 0, storeRestarts: 0, slackFaults: 0 };
  const { control } = world.slack;
  const hands = handsOn(control, random.branch('hands'));
  at('waiting for approvals');
  const lanes = Array.from({ length: settings.lanes }, (_, lane) =>
    runLane(lane, { hands, view, draws: random.branch(`lane ${lane}`), signal: enough.signal }),
  );
  const mayhem = wreak(world, random.branch('mayhem'), damage, enough.signal);
  const counting = untilEnough(view, settings, began, backend, enough.signal).finally(() => {
    at('letting the last blow pass');
    enough.abort();
  });
  await Promise.all([...lanes, mayhem, counting]);
  await sureOf(() => control.setFaults([]));
  at('waiting for what is under way');
  await untilSettled(view, hands);
  const ledger: Ledger = {
    clicks: hands.clicks,
    writes: [...world.cluster.writes, ...(await world.jobs.writes())],
    requests: await view.readAll(),
    approvers: new Set(APPROVERS),
    quorum: quorums(settings.lanes),
    kills: damage.kills,
  };
  return {
    ...{ backend, ledger, damage, clicks: hands.count },
    lostAnswers: world.cluster.lostAnswers,
    stages: await readStages(world.storeUrl),
    seconds: Math.round((Date.now() - began) / 1000),
  };
}

const quorums = (lanes: number) =>
  Object.fromEntries(Array.from({ length: lanes }, (_, lane) => [namespaceOf(lane), quorumOf(lane)] as const));

const TELL_EVERY_MS = 15_000;

async function untilEnough(
  view: RequestsView,
  { approvals, minutes, lanes }: Settings,
  began: number,
  backend: Backend,
  signal: AbortSignal,
): Promise<void> {
  let told = Date.now();
  const quorum = quorums(lanes);
  const allowed = new Set(APPROVERS);
  const approved = () => [...view.all.values()].filter((one) => decided(one, allowed) >= (quorum[one.target] ?? 1)).length;
  while (!signal.aborted && approved() < approvals) {
    const elapsed = Date.now() - began;
    if (elapsed > minutes * 60_000) return void process.stderr.write(`${backend}: time is up\n`);
    if (Date.now() - told > TELL_EVERY_MS) {
      told = Date.now();
      process.stderr.write(`${backend}: ${approved()} of ${approvals} approved after ${Math.round(elapsed / 1000)} s\n`);
    }
    await delay(500);
  }
}

const WITHDRAWN_EVERY_MS = 3_000;

/**
 * Waits until no request is open any more; what is open then is found by the figures. What nobody has decided is withdrawn by whoever
 * asked for it, so that it need not be waited for until it expires.
 */
async function untilSettled(view: RequestsView, hands: Hands): Promise<void> {
  const until = Date.now() + SETTLED_WITHIN_MS;
  while (Date.now() < until) {
    const all = await view.readAll().catch(() => undefined);
    if (all?.every(({ state }) => FINAL.has(state)) === true) return;
    const undecided = all?.filter(({ state }) => state === 'awaiting-approval') ?? [];
    await Promise.all(undecided.map((request) => hands.reject(request, request.requester)));
    await delay(WITHDRAWN_EVERY_MS);
  }
}
