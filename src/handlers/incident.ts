import type { Report } from '../diagnostics/report.ts';
import { newestThread, threadOf, threadOfMessage, threadsByPrefix } from '../store/incidents.ts';
import { findMessage } from '../store/messages.ts';
import type { Queryable } from '../store/pool.ts';
import { findRun, listThreadRuns } from '../store/runs.ts';
import { type Thread, threadRootKey } from '../store/threads.ts';
import { Refusal } from './refusal.ts';
import { unescapeTyped } from './words.ts';

/** A thread with what it knows of the incident: its newest report, and where it is in Slack. */
export interface Incident {
  readonly thread: Thread;
  /** The newest diagnosis, else the newest table that was shown; null where there is none. */
  readonly report: Report | null;
  readonly runId: string | null;
  readonly link: string | null;
}

/** The incident of a button's value: a thread, or a run in it. @throws Refusal where neither is known. */
export async function incidentOf(db: Queryable, id: string): Promise<Incident> {
  const thread = await threadOf(db, id);
  if (thread === null) throw new Refusal('I no longer know this thread. Nothing was sent. Type `/hotswap diagnose` for a new one.');
  return withReport(db, thread);
}

async function withReport(db: Queryable, thread: Thread): Promise<Incident> {
  const done = (await listThreadRuns(db, thread.id)).filter(({ report }) => report !== null);
  const run = done.findLast(({ report }) => report?.outcome !== 'shown') ?? done.at(-1);
  const root = await findMessage(db, threadRootKey(thread.id));
  return { thread, report: run?.report ?? null, runId: run?.id ?? null, link: root?.permalink ?? null };
}

const HOW = 'An incident goes by the id in its message, such as `3f2a91c0`, or by the link of a message in its thread.';

/** The incident that was typed; the newest one of the channel where none was. @throws Refusal where that names none, or several. */
export async function incidentNamed(db: Queryable, words: readonly string[], channel: string): Promise<Incident> {
  const [typed, ...surplus] = words.map(unescapeTyped);
  if (surplus.length > 0) throw new Refusal(`I take one incident. ${HOW}`);
  const thread = typed === undefined ? await newestThread(db, channel) : await threadNamed(db, typed);
  if (thread !== null && thread.channel !== channel) throw new Refusal(`That incident is in <#${thread.channel}>. Type the command there.`);
  if (thread !== null) return withReport(db, thread);
  if (typed === undefined) throw new Refusal('There is no incident in this channel yet. `/hotswap diagnose` opens one.');
  throw new Refusal(`I know no such incident. ${HOW}`);
}

const LINK = /^https:\/\/[^/]+\/archives\/([A-Z0-9]+)\/p(\d{10})(\d{6})/;
const PREFIX = /^[0-9a-f][0-9a-f-]{3,35}$/;

/** By id or its beginning, or by the link of a message in it. @throws Refusal where several begin like that */
export async function threadNamed(db: Queryable, typed: string): Promise<Thread | null> {
  const [, channel, seconds, rest] = LINK.exec(typed) ?? [];
  if (channel !== undefined) return threadOfMessage(db, channel, `${seconds}.${rest}`);
  if (!PREFIX.test(typed)) return null;
  const found = await threadsByPrefix(db, typed);
  if (found.length > 1) throw new Refusal('Several incidents begin like that. Type more of the id.');
  return found[0] ?? null;
}

/** What travels with a modal: which thread, and which report it shows. Ids alone. */
export function incidentValue({ thread, runId }: Incident): string {
  return `${thread.id}/${runId ?? ''}`;
}

/** The incident as a modal showed it, though there may be a newer report by now. @throws Refusal where it is not known any more. */
export async function incidentShown(db: Queryable, value: string): Promise<Incident> {
  const [threadId = '', runId = ''] = value.split('/');
  const incident = await incidentOf(db, threadId);
  const run = runId === '' ? null : await findRun(db, runId);
  return { ...incident, runId: run?.id ?? null, report: run?.report ?? null };
}
