import { setTimeout as delay } from 'node:timers/promises';
import type { Draws } from '../../sandbox/random.ts';
import type { ProductProcess } from './processes.ts';
import { pickWeighted } from './weighted.ts';
import type { ChaosWorld } from './world.ts';

/** What was done to the processes and to what they stand on. */
export interface Damage {
  /** Processes that were ended with SIGKILL. */
  kills: number;
  /** Executors that were stopped for longer than their leases last, and woken again. */
  pauses: number;
  redisRestarts: number;
  storeRestarts: number;
  /** Answers of 429 and 503, cut sockets, and clicks that were delivered twice. */
  slackFaults: number;
}

type Blow = 'executor' | 'bot' | 'pause' | 'redis' | 'store' | 'slack';

const WEIGHTS: Readonly<Record<Blow, number>> = { executor: 55, bot: 15, pause: 4, redis: 6, store: 3, slack: 17 };
const MEAN_GAP_MS = 2_500;
/** Longer than a lease, so that another executor takes over meanwhile. */
const PAUSE_MS = 18_000;
const LONGEST_DOWN_MS = 1_500;

/** Breaks one thing after the other until told to end. Resolves when all of it stands again. */
export async function wreak(world: ChaosWorld, draws: Draws, damage: Damage, signal: AbortSignal): Promise<void> {
  const pauses: Promise<void>[] = [];
  while (!signal.aborted) {
    await delay(Math.min(draws.gap(MEAN_GAP_MS), 4 * MEAN_GAP_MS), undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    await strike(pickWeighted(WEIGHTS, draws), world, draws, damage, pauses);
  }
  await Promise.all(pauses);
}

/** Where half of them are starting, the others are left alone: a machine that cannot keep up would only ever start processes. */
function oneOf(processes: readonly ProductProcess[], draws: Draws): ProductProcess | undefined {
  const ready = processes.filter(({ isReady }) => isReady);
  return ready.length > processes.length / 2 ? draws.pick(ready) : undefined;
}

async function strike(blow: Blow, world: ChaosWorld, draws: Draws, damage: Damage, pauses: Promise<void>[]): Promise<void> {
  switch (blow) {
    case 'executor':
    case 'bot': {
      const victim = oneOf(blow === 'bot' ? world.bots : world.executors, draws);
      if (victim?.kill() === true) damage.kills += 1;
      return;
    }
    case 'pause': {
      const victim = oneOf(world.executors, draws);
      if (victim === undefined) return;
      damage.pauses += 1;
      pauses.push(victim.pause(PAUSE_MS));
      return;
    }
    case 'redis':
      if (world.redis === undefined) return strike('store', world, draws, damage, pauses);
      damage.redisRestarts += 1;
      await world.redis.end();
      await delay(draws.between(0, LONGEST_DOWN_MS));
      return world.redis.begin();
    case 'store':
      damage.storeRestarts += 1;
      await world.storeCluster.shutDown(draws.next() < 0.5 ? 'fast' : 'immediate');
      await delay(draws.between(0, LONGEST_DOWN_MS));
      return world.storeCluster.startAgain();
    case 'slack':
      damage.slackFaults += 1;
      if (draws.next() < 0.3) await sureOf(() => world.slack.control.dropSockets());
      await sureOf(() =>
        world.slack.control.setFaults([
          { kind: '429', method: 'chat.postMessage', count: draws.whole(1, 5), retryAfter: 1 },
          { kind: '429', method: 'chat.update', count: draws.whole(1, 5), retryAfter: 2 },
          { kind: '5xx', count: draws.whole(1, 3) },
          { kind: 'lost-answer', method: 'chat.postMessage', count: 1 },
          { kind: 'duplicate', method: 'interactive', count: draws.whole(1, 10) },
        ]),
      );
  }
}

const TRIES = 5;

/** The way to the stand-in's own controls is no part of what is broken: a connection that it had just closed is opened anew. */
export async function sureOf<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt >= TRIES) throw error;
      await delay(100 * attempt);
    }
  }
}
