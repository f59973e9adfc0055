import { type Pager, PagerError } from '../clients/pagerduty.ts';
import type { Logger } from '../config/logger.ts';
import { drawThreadPage } from '../slack/page-view.ts';
import { renderPaged, renderUnpaged } from '../slack/render/calls.ts';
import type { RenderedMessage } from '../slack/render/report.ts';
import { appendAudit, lockAudit } from '../store/audit.ts';
import { putMessage } from '../store/messages.ts';
import {
  type ClaimedPage,
  claimAcknowledgedPage,
  claimPage,
  claimSettledPage,
  postponePage,
  settleAcknowledgement,
  settlePage,
} from '../store/pages.ts';
import { type Queryable, type Store, transaction } from '../store/pool.ts';
import { endThreadPage, listHealedPages } from '../store/thread-pages.ts';
import { findThread, threadRootKey } from '../store/threads.ts';
import { startLoop } from './loop.ts';

const EVERY_MS = 1_000;
/** After so many tries in vain people are called in Slack as well, and the pager is tried further. */
const TELL_AFTER_TRIES = 2;
const LONGEST_BACK_OFF_SECONDS = 120;
const NOT_CONFIGURED = 'No pager is configured here (PAGERDUTY_ROUTING_KEY), so you are called in this thread alone.';

interface PagerOptions {
  readonly store: Store;
  /** Undefined where none is configured: people are then called in the thread. */
  readonly pager: Pager | undefined;
  readonly log: Logger;
}

/** Sends the pages that were asked for, and tells the pager who took them on and which are over, until stopped. Any number of processes may. */
export function startPager(options: PagerOptions): { stop(): Promise<void> } {
  return startLoop('pages could not be sent', EVERY_MS, options.log, () => sendPages(options));
}

/** One round: everything that is due. */
export async function sendPages({ store, pager, log }: PagerOptions): Promise<void> {
  for (const { threadId, runId } of await listHealedPages(store)) await heal(store, threadId, runId);
  for (let page = await claimPage(store); page !== null; page = await claimPage(store)) {
    if (pager === undefined) await giveUp(store, page, NOT_CONFIGURED);
    else await send(store, page, pager, log);
  }
  if (pager === undefined) return;
  for (let page = await claimAcknowledgedPage(store); page !== null; page = await claimAcknowledgedPage(store))
    await acknowledge(store, page, pager, log);
  for (let page = await claimSettledPage(store); page !== null; page = await claimSettledPage(store)) await end(store, page, pager, log);
}

/** The pager takes the same key as the same incident: sending again after a crash calls nobody twice. */
async function send(store: Store, page: ClaimedPage, pager: Pager, log: Logger): Promise<void> {
  const { key, summary, target, call } = page;
  try {
    await pager.trigger({
      ...{ key, summary, source: target, severity: call?.severity ?? 'error' },
      details: call?.details ?? { request: page.requestId ?? '', target },
      links: call === null || call.link === null ? [] : [{ href: call.link, text: 'The thread in Slack' }],
    });
  } catch (error) {
    return failed(store, page, error, log);
  }
  await transaction(store, async (db) => {
    await settlePage(db, key, 'sent');
    if (call === null) await put(db, page, 'paged', renderPaged(summary));
    else await drawThreadPage(db, page.threadId);
  });
}

/** Somebody in Slack takes care of it. */
async function acknowledge(store: Store, page: ClaimedPage, pager: Pager, log: Logger): Promise<void> {
  const failure = await failureOf(() => pager.acknowledge(page.key));
  if (failure !== null) log.warn({ err: failure, page: page.key }, 'the pager was not told that somebody takes care of it');
  await settle(store, page, failure, (db, why) => settleAcknowledgement(db, page.key, why));
}

/** The error of a call, or null where it went well. */
async function failureOf(call: () => Promise<void>): Promise<unknown> {
  try {
    await call();
    return null;
  } catch (error) {
    return error ?? new Error('unknown error');
  }
}

/** What came of telling the pager something: it is tried further, except where it went well or never will. The thread says which. */
async function settle(
  store: Store,
  page: ClaimedPage,
  failure: unknown,
  done: (db: Queryable, why: string | null) => Promise<void>,
): Promise<void> {
  const why = failure === null ? null : failure instanceof PagerError ? failure.message : 'unknown error';
  await transaction(store, async (db) => {
    if (failure === null || (failure instanceof PagerError && failure.hopeless)) await done(db, why);
    else await postponePage(db, page.key, backOffSeconds(page), why ?? '');
    if (page.call !== null) await drawThreadPage(db, page.threadId);
  });
}

/** A run in the thread found the service healthy: what was paged about is over. */
async function heal(store: Store, threadId: string, runId: string): Promise<void> {
  await transaction(store, async (db) => {
    await lockAudit(db);
    const at = new Date();
    if (!(await endThreadPage(db, threadId, `run:${runId}`, at))) return;
    const target = (await findThread(db, threadId))?.target ?? null;
    const details = { thread: threadId, run: runId, reason: 'a run found it healthy' };
    await appendAudit(db, { at, event: 'page-resolved', actor: 'bot', requestId: null, target, fingerprint: null, details });
    await drawThreadPage(db, threadId);
  });
}

const backOffSeconds = ({ attempts }: ClaimedPage): number => Math.min(2 ** attempts, LONGEST_BACK_OFF_SECONDS);

async function failed(store: Store, page: ClaimedPage, error: unknown, log: Logger): Promise<void> {
  const why = error instanceof PagerError ? error.message : 'unknown error';
  log.error({ err: error, page: page.key, attempts: page.attempts }, 'the pager did not take a page');
  if (error instanceof PagerError && error.hopeless) return giveUp(store, page, `PagerDuty refuses the page (${why}).`);
  await transaction(store, async (db) => {
    await postponePage(db, page.key, backOffSeconds(page), why);
    if (page.attempts >= TELL_AFTER_TRIES) await tell(db, page, `PagerDuty does not answer (${why}); it is tried further.`);
  });
}

async function giveUp(store: Store, page: ClaimedPage, why: string): Promise<void> {
  await transaction(store, async (db) => {
    await settlePage(db, page.key, 'told', why);
    await tell(db, page, why);
  });
}

/** Calls people in Slack. Change the page first: that holds its row, so that no older view of it wins. */
async function tell(db: Queryable, page: ClaimedPage, why: string): Promise<void> {
  if (page.call !== null) await drawThreadPage(db, page.threadId);
  await put(db, page, 'unpaged', renderUnpaged(page.summary, page.people, why));
}

async function end(store: Store, page: ClaimedPage, pager: Pager, log: Logger): Promise<void> {
  const failure = await failureOf(() => pager.resolve(page.key));
  if (failure !== null) log.warn({ err: failure, page: page.key }, 'the pager was not told that it is over');
  await settle(store, page, failure, (db, why) => settlePage(db, page.key, 'resolved', why));
}

function put(db: Queryable, page: ClaimedPage, what: string, message: RenderedMessage): Promise<void> {
  const { key, threadId, channel, round } = page;
  const name = round === 1 ? key : `${key}:${round}`;
  return putMessage(db, { ...message, key: `page:${name}:${what}`, threadKey: threadRootKey(threadId), channel, urgency: 'result' });
}
