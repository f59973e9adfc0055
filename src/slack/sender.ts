import type { WebClient } from '@slack/web-api';
import type { Logger } from '../config/logger.ts';
import { listen } from '../store/listen.ts';
import { OUTBOX_CHANNEL } from '../store/messages.ts';
import {
  type ClaimedMessage,
  claimMessage,
  giveUpMessage,
  postponeMessage,
  type Rendering,
  rememberPermalink,
  repostMessage,
  resendMessage,
  settleMessage,
  settlePin,
  simplifyMessage,
} from '../store/outbox.ts';
import type { Store } from '../store/pool.ts';
import { type Allowance, blockedSeconds, blockMethod, takeAllowance } from '../store/slack-allowances.ts';
import { methodFor, type SendMethod, sendMessage } from './deliver.ts';
import { readFailure, type SlackFailure } from './failures.ts';
import { createHolds, type Holds, holdsWith } from './holds.ts';
import { pinMessage } from './pin.ts';

interface SenderOptions {
  readonly store: Store;
  /** A client of its own that neither retries nor queues: the outbox does both. */
  readonly client: WebClient;
  /** Name of this instance. */
  readonly instance: string;
  readonly log: Logger;
  /** A message that cannot be shown where it belongs; the person who asked is told in another way. */
  onUnreachable(message: ClaimedMessage, code: string): Promise<void>;
}

export interface Sender {
  /** Takes no more messages and waits for those on their way. */
  stop(): Promise<void>;
}

/** Calls under way at once. */
const LANES = 4;
/** Longest sleep where nothing wakes the sender: what waits for its time is looked for this often. */
const POLL_MS = 500;
const LONGEST_BACK_OFF_SECONDS = 60;
/** After `invalid_blocks` for a whole rendering, all messages are sent simpler for this long: the workspace does not know the blocks. */
const SIMPLER_FOR_MS = 600_000;

/** Brings Slack to the state that the store says, until stopped. Any number of senders may run on one store. */
export function startSender(options: SenderOptions): Sender {
  const { store, log } = options;
  const active = new Set<Promise<void>>();
  const bell = createBell();
  const listener = listen(store, OUTBOX_CHANNEL, bell.ring);
  const holds = createHolds();
  const delivery = createDelivery(options, holds);
  let stopped = false;

  const work = async (): Promise<void> => {
    while (!stopped) {
      if (active.size >= LANES) await Promise.race(active);
      const message = await claimMessage(store, options.instance, holds.names()).catch((error: unknown) => {
        log.warn({ err: error }, 'the outbox cannot be read');
        return null;
      });
      if (message === null) {
        await bell.wait(Math.min(POLL_MS, holds.endsIn() ?? POLL_MS));
        continue;
      }
      const job = delivery
        .deliver(message)
        .catch((error: unknown) => log.error({ err: error, message: message.key }, 'a delivery broke off'));
      const tracked = job.finally(() => {
        active.delete(tracked);
        bell.ring();
      });
      active.add(tracked);
    }
  };
  const running = work();

  return {
    async stop() {
      stopped = true;
      bell.ring();
      await running;
      await Promise.allSettled(active);
      await listener.stop();
    },
  };
}

interface Bell {
  ring(): void;
  wait(milliseconds: number): Promise<void>;
}

function createBell(): Bell {
  let rung = false;
  let wake = () => {};
  return {
    ring() {
      rung = true;
      wake();
    },
    async wait(milliseconds) {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      rung = false;
    },
  };
}

function createDelivery({ store, client, log, onUnreachable }: SenderOptions, holds: Holds) {
  let simplerUntil = 0;

  const deliver = async (message: ClaimedMessage): Promise<void> => {
    const method = methodFor(message);
    if (method === undefined) return settleMessage(store, { key: message.key, version: message.version, ts: null });
    if (message.threadUnreachable) return giveUp(message, 'thread_unreachable');
    const blocked = await blockedSeconds(store, method);
    if (blocked > 0) return hold(message, [method], blocked);
    const wait = await takeAllowance(store, allowanceFor(method, message));
    if (wait > 0) return hold(message, holdsWith(method, message), wait);
    const rendering = chooseRendering(message.rendering, Date.now() < simplerUntil);
    try {
      const ts = await sendMessage(client, message, rendering);
      await persist(() => settleMessage(store, { key: message.key, version: message.version, ts }));
      if (method === 'chat.postMessage' && message.threadKey === null && ts !== null) await linkTo(message, ts);
      if (ts !== null && message.pinned !== message.shownPinned) await pin(message, ts);
    } catch (error) {
      await settleFailure(message, method, rendering, readFailure(error));
    }
  };

  /** Gives a message back that Slack would not take now, and takes no other one of which the same is true. */
  const hold = async ({ key }: ClaimedMessage, names: readonly string[], seconds: number): Promise<void> => {
    holds.add(names, seconds);
    await postponeMessage(store, key, seconds, null);
  };

  const linkTo = async (message: ClaimedMessage, ts: string): Promise<void> => {
    try {
      const { permalink } = await client.chat.getPermalink({ channel: message.channel, message_ts: ts });
      if (permalink !== undefined) await rememberPermalink(store, message.key, permalink);
    } catch (error) {
      log.info({ err: error, message: message.key }, 'no link to the message'); // the link is a convenience
    }
  };

  const pin = async (message: ClaimedMessage, ts: string): Promise<void> => {
    const failure = await pinMessage(client, message, ts);
    if (failure === null) return settlePin(store, message);
    if (failure.kind === 'wait') return resendMessage(store, message.key, failure.seconds);
    const mend = failure.code === 'missing_scope' ? 'install the app again, with the scope pins:write of its manifest' : undefined;
    log.warn({ message: message.key, pinned: message.pinned, failure: failure.code, mend }, 'a message could not be pinned, or taken off');
  };

  const settleFailure = async (message: ClaimedMessage, method: SendMethod, rendering: Rendering, failure: SlackFailure): Promise<void> => {
    switch (failure.kind) {
      case 'wait':
        await blockMethod(store, method, failure.seconds);
        return hold(message, [method], failure.seconds);
      case 'content':
        return refuseContent(message, rendering, failure.code);
      case 'gone':
        // A reply that somebody deleted has changed meanwhile, and what it says must be seen. A thread cannot be begun again.
        if (method === 'chat.update' && message.threadKey !== null && failure.code === 'message_not_found')
          return repostMessage(store, message.key);
        return giveUpMessage(store, message.key, 'rejected', failure.code);
      case 'unreachable':
        return giveUp(message, failure.code);
      case 'later': {
        const seconds = Math.min(2 ** message.attempts * 0.5, LONGEST_BACK_OFF_SECONDS);
        log.warn({ message: message.key, method, failure: failure.code, seconds }, 'Slack did not take a message; it is tried again');
        return postponeMessage(store, message.key, seconds, failure.code);
      }
    }
  };

  const refuseContent = async (message: ClaimedMessage, rendering: Rendering, code: string): Promise<void> => {
    log.error({ message: message.key, rendering, failure: code }, 'Slack refused the content of a message');
    if (rendering === 'text') return giveUpMessage(store, message.key, 'rejected', code);
    if (rendering === 'full') simplerUntil = Date.now() + SIMPLER_FOR_MS;
    return simplifyMessage(store, message.key, rendering === 'full' ? 'simple' : 'text', code);
  };

  const giveUp = async (message: ClaimedMessage, code: string): Promise<void> => {
    log.warn({ message: message.key, channel: message.channel, failure: code }, 'a message cannot be shown in its channel');
    await giveUpMessage(store, message.key, 'unreachable', code);
    await onUnreachable(message, code);
  };

  return { deliver };
}

function chooseRendering(stored: Rendering, simpler: boolean): Rendering {
  return stored === 'full' && simpler ? 'simple' : stored;
}

/** What Slack can be expected to take: chat.postMessage about 1/s a channel, chat.update tier 3, 50 a minute. */
function allowanceFor(method: SendMethod, { channel, urgency }: ClaimedMessage): Allowance {
  if (method === 'chat.postMessage') return { name: `post ${channel}`, capacity: 3, perSecond: 1, reserve: 0 };
  return { name: 'edit', capacity: 9, perSecond: 0.5, reserve: urgency === 'progress' ? 4 : 0 };
}

const PERSIST_TRIES = 20;

/** What Slack has taken must not be forgotten because the store was away for a moment: it would be posted twice. */
async function persist(write: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      if (attempt >= PERSIST_TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1_000));
    }
  }
}
