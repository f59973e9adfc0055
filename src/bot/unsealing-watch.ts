import type { Logger } from '../config/logger.ts';
import type { Diagnostics } from '../config/settings.ts';
import type { SealOfServer, SilentServer } from '../diagnostics/evidence/vault-seal.ts';
import { changeUnsealing, showUnsealing } from '../slack/unsealing-view.ts';
import { exclusively, type Store } from '../store/pool.ts';
import type { Run } from '../store/runs.ts';
import { beginUnsealing, listRunsWithoutUnsealing, listWatchedUnsealings, type Unsealing } from '../store/unsealings.ts';
import { startLoop } from './loop.ts';
import { afterLook, seenServers, UNSEALING_CAUSES } from './unsealing.ts';

/** A run that ended longer ago begins nothing any more: whoever read it has seen the advice. */
const RECENT_MS = 10 * 60_000;

export interface UnsealingWatchOptions {
  readonly store: Store;
  readonly settings: Pick<Diagnostics, 'unsealPollSeconds' | 'unsealWatchSeconds'>;
  /** The seal of each server of a target's Vault; null where it has none, or where it cannot be looked at now. Needs no token. */
  readSeal(target: string): Promise<readonly (SealOfServer | SilentServer)[] | null>;
  readonly log: Logger;
  now(): Date;
}

/**
 * Follows the unsealing of Vault in the threads whose diagnosis found it sealed, until stopped. Everything is in the store: any
 * worker goes on where another one ended, and however many there are, one of them looks at a time.
 */
export function startUnsealingWatch(options: UnsealingWatchOptions): { stop(): Promise<void> } {
  const { settings, log } = options;
  return startLoop('the unsealing of Vault could not be followed', settings.unsealPollSeconds * 1_000, log, () => watchOnce(options));
}

/** One round: begins what runs have asked for, then looks at what is followed. */
export async function watchOnce(options: UnsealingWatchOptions): Promise<void> {
  const { store, now } = options;
  await exclusively(store, 'unsealing', async () => {
    const since = new Date(now().getTime() - RECENT_MS);
    for (const run of await listRunsWithoutUnsealing(store, { causes: UNSEALING_CAUSES, since })) await begin(run, options);
    await lookAtAll(options);
  });
}

async function begin(run: Run, { store, settings, readSeal, now }: UnsealingWatchOptions): Promise<void> {
  const seal = await readSeal(run.target);
  if (seal === null) return;
  const beganAt = now();
  const deadlineAt = new Date(beganAt.getTime() + settings.unsealWatchSeconds * 1_000);
  await beginUnsealing(store, { threadId: run.threadId, target: run.target, servers: seenServers([], seal), beganAt, deadlineAt });
  await showUnsealing(store, run.threadId, run.target);
}

async function lookAtAll({ store, readSeal, now }: UnsealingWatchOptions): Promise<void> {
  const watched = await listWatchedUnsealings(store);
  for (const target of new Set(watched.map((one) => one.target))) {
    const seal = await readSeal(target);
    for (const { threadId } of watched.filter((one) => one.target === target))
      await changeUnsealing(store, threadId, target, (current) =>
        seal === null ? expired(current, now()) : afterLook(current, seal, now()),
      );
  }
}

/** A target that is not there any more, or whose Vault cannot be asked, is not followed for ever. */
function expired(current: Unsealing, at: Date): Unsealing {
  return at >= current.deadlineAt ? { ...current, state: 'given-up', endedAt: at } : current;
}
