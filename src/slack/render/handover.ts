import type { KnownBlock } from '@slack/types';
import type { RequestRecord } from '../../remediations/approvals/record.ts';
import type { AuditRow } from '../../store/audit.ts';
import type { BundleRecord } from '../../store/bundles.ts';
import type { Freeze } from '../../store/freezes.ts';
import type { ThreadIssue } from '../../store/issues.ts';
import type { Run } from '../../store/runs.ts';
import type { ThreadPage } from '../../store/thread-pages.ts';
import type { Thread } from '../../store/threads.ts';
import { context, header, list, packMessages, section } from './blocks.ts';
import { stateOf as bundleState } from './bundle.ts';
import type { RenderedMessage } from './report.ts';
import { sentenceOf, stateOf } from './request.ts';
import { escapeShort, slackTime } from './text.ts';
import { result, rootsOf, standing, subject } from './wording.ts';

/** Everything that a thread's rows say, as they are read at one moment. */
export interface HandoverFacts {
  readonly thread: Thread;
  /** Oldest first. */
  readonly runs: readonly Run[];
  readonly requests: readonly RequestRecord[];
  /** Rows of the trail that are about the thread or its requests, oldest first. */
  readonly audit: readonly AuditRow[];
  /** Freezes that stood while the thread went on. */
  readonly freezes: readonly Freeze[];
  readonly page: ThreadPage | null;
  readonly issue: ThreadIssue | null;
  /** The newest support bundle. */
  readonly bundle: BundleRecord | null;
}

/** What whoever takes over must know (mrkdwn). */
export interface HandoverNote {
  readonly name: string;
  readonly who: string;
  readonly now: string;
  readonly open: readonly string[];
  readonly tried: readonly string[];
  readonly moments: readonly { readonly at: Date; readonly what: string }[];
}

const OPEN: readonly RequestRecord['state'][] = ['planning', 'awaiting-approval', 'approved', 'executing', 'verifying'];
const DONE: readonly RequestRecord['state'][] = ['fixed', 'not-fixed', 'unverified'];
const MOST = { open: 20, tried: 20, notSeen: 8, firstMoments: 6, lastMoments: 34 } as const;

/** Puts the rows of a thread in order: what is open, what was tried and what came of it, and everything by time. */
export function handoverNote(facts: HandoverFacts): HandoverNote {
  const { thread, runs } = facts;
  const newest = runs.findLast(({ report }) => report !== null && report.outcome !== 'shown');
  const moments = [
    ...runMoments(facts),
    ...requestMoments(facts),
    ...auditMoments(facts),
    ...freezeMoments(facts),
    ...bundleMoments(facts),
    ...seenMoments(newest),
  ];
  return {
    name: escapeShort(thread.topic === null ? `Fix on ${thread.target}` : subject({ topic: thread.topic, target: thread.target }), 120),
    who: whoOf(facts),
    now: nowOf(newest, facts),
    open: openOf(facts, newest),
    tried: facts.requests.filter(({ state }) => !OPEN.includes(state)).map(triedLine),
    moments: moments.sort((a, b) => a.at.getTime() - b.at.getTime()),
  };
}

function whoOf({ thread, page }: HandoverFacts): string {
  const owner = thread.owner === null ? 'Nobody has taken this on.' : `<@${thread.owner}> is on it.`;
  const acknowledged = page?.acknowledged ?? null;
  return acknowledged === null || acknowledged.by === thread.owner ? owner : `${owner} <@${acknowledged.by}> has acknowledged the page.`;
}

function nowOf(newest: Run | undefined, { runs, requests }: HandoverFacts): string {
  const running = runs.some(({ status }) => status === 'queued' || status === 'running') ? ' A run is under way.' : '';
  if (newest?.report == null) return `Nothing was diagnosed yet.${running}`;
  const { finishedAt } = newest.report;
  const since = requests.filter(({ state, execution }) => DONE.includes(state) && (execution?.startedAt ?? '') > finishedAt);
  const later =
    since.length === 0
      ? ''
      : ` Since then: ${since.map((one) => `${nameOf(one)}, *${stateOf(one).toLowerCase()}*`).join('; ')}. “Run again” looks once more.`;
  return `${escapeShort(subject(newest), 120)}, ${slackTime(new Date(finishedAt))}: *${standing(newest.report)}*. ${escapeShort(result(newest.report), 500)}${later}${running}`;
}

function openOf({ requests, page, issue, freezes }: HandoverFacts, newest: Run | undefined): string[] {
  const report = newest?.report ?? null;
  const causes =
    report === null
      ? []
      : rootsOf(report).filter(
          ({ diagnosis }) => !diagnosis.benign && !requests.some((one) => answers(one, diagnosis.cause, report.finishedAt)),
        );
  const notSeen = report?.notSeen ?? [];
  return [
    ...causes.map(
      ({ diagnosis }) => `Still concluded: ${escapeShort(diagnosis.title, 150)} \`${diagnosis.cause}\`, ${diagnosis.certainty}`,
    ),
    ...requests
      .filter(({ state }) => OPEN.includes(state))
      .map((one) => `${nameOf(one)}: *${stateOf(one)}*. ${escapeShort(sentenceOf(one), 300)}`),
    ...requests.filter(({ state }) => state === 'unknown').map((one) => `${nameOf(one)}: nobody knows whether it was done. Look at it.`),
    ...requests
      .filter(stillStands)
      .map((one) => `Meant for a while, and not taken back: ${escapeShort(one.plan?.summary ?? one.title, 300)}`),
    ...pageLines(page),
    ...(issue === null || issue.state === 'opened'
      ? []
      : [`The GitHub issue is not there: ${escapeShort(issue.failure ?? 'it is being opened.', 300)}`]),
    ...freezes
      .filter(({ lifted }) => lifted === null)
      .map(({ by }) => `Everything is frozen by <@${by}>: no fix runs before an approver lifts it.`),
    ...notSeen
      .slice(0, MOST.notSeen)
      .map(({ source, message }) => `Could not look at \`${escapeShort(source, 80)}\`: ${escapeShort(message, 200)}`),
    ...(notSeen.length > MOST.notSeen ? [`and ${notSeen.length - MOST.notSeen} more that could not be looked at`] : []),
  ];
}

/** The cause was gone when the fix was verified, which no run has looked at since. */
function answers({ cause, state, execution, undone }: RequestRecord, concluded: string, at: string): boolean {
  return cause === concluded && state === 'fixed' && undone === null && (execution?.startedAt ?? '') > at;
}

const stillStands = ({ state, plan, undone }: RequestRecord): boolean =>
  DONE.includes(state) && plan?.temporary === true && undone === null;

function pageLines(page: ThreadPage | null): string[] {
  if (page === null || page.ended !== null) return [];
  return [`The page is open${page.acknowledged === null ? ', and nobody has acknowledged it' : ''}: ${escapeShort(page.summary, 200)}`];
}

function triedLine(record: RequestRecord): string {
  const changed = record.execution === null ? ' Nothing was changed.' : '';
  return `${nameOf(record)}: *${stateOf(record)}*. ${escapeShort(record.outcome ?? sentenceOf(record), 300)}${changed}`;
}

const nameOf = ({ title, undoes }: RequestRecord): string => `${undoes === null ? '' : 'Undo: '}${escapeShort(title, 120)}`;

type Moments = { at: Date; what: string }[];

function runMoments({ runs }: HandoverFacts): Moments {
  return runs.flatMap((run) => {
    const name = `${escapeShort(subject(run), 120)}, asked by <@${run.requestedBy}>`;
    if (run.report !== null)
      return [{ at: run.finishedAt ?? run.queuedAt, what: `${name}: ${standing(run.report)}. ${escapeShort(result(run.report), 240)}` }];
    if (run.status === 'failed' || run.status === 'interrupted')
      return [{ at: run.finishedAt ?? run.queuedAt, what: `${name}: could not be diagnosed. ${escapeShort(run.failure ?? '', 200)}` }];
    return [{ at: run.queuedAt, what: `${name}: under way` }];
  });
}

function requestMoments({ requests, audit }: HandoverFacts): Moments {
  return requests.flatMap((record) => {
    const name = nameOf(record);
    const decided = record.decisions.map(({ at, by, decision, breakGlass, reason }) => ({
      at: new Date(at),
      what: `${name}: ${decision === 'approve' ? 'approved' : 'rejected'} by <@${by}>${breakGlass ? ', who broke the glass' : ''}${reason === '' ? '' : ` (${escapeShort(reason, 150)})`}`,
    }));
    const { execution } = record;
    const ran =
      execution === null
        ? []
        : [{ at: new Date(execution.startedAt), what: `${name}: began. ${escapeShort(record.plan?.summary ?? '', 200)}` }];
    const over = audit.findLast(({ request_id, details }) => request_id === record.id && details.outcome === record.outcome);
    const ended =
      record.outcome === null || OPEN.includes(record.state)
        ? []
        : [
            {
              at: new Date(over?.at ?? execution?.finishedAt ?? record.createdAt),
              what: `${name}: ${stateOf(record).toLowerCase()}. ${escapeShort(record.outcome, 240)}`,
            },
          ];
    return [{ at: new Date(record.createdAt), what: `${name}: asked for by <@${record.requester}>` }, ...decided, ...ran, ...ended];
  });
}

const EVENTS: Readonly<Record<string, string>> = {
  escalated: 'On-call was paged',
  'page-acknowledged': 'The page was acknowledged',
  'page-resolved': 'The page was resolved',
  'issue-opened': 'A GitHub issue was opened',
  'issue-failed': 'A GitHub issue could not be opened',
};

function auditMoments({ audit }: HandoverFacts): Moments {
  return audit.flatMap(({ at, event, actor, details }) => {
    const what = EVENTS[event];
    if (what === undefined) return [];
    const by = /^[UW][A-Z0-9]+$/.test(actor) ? ` by <@${actor}>` : '';
    const said = [details.summary, details.outcome, details.reason].find((text) => typeof text === 'string' && text !== '');
    return [{ at: new Date(at), what: `${what}${by}${typeof said === 'string' ? `: ${escapeShort(said, 240)}` : ''}` }];
  });
}

function freezeMoments({ freezes }: HandoverFacts): Moments {
  return freezes.flatMap(({ at, by, reason, lifted }) => [
    { at, what: `<@${by}> froze every fix${reason === '' ? '' : `: ${escapeShort(reason, 200)}`}` },
    ...(lifted === null ? [] : [{ at: lifted.at, what: `<@${lifted.by}> lifted the freeze` }]),
  ]);
}

function bundleMoments({ bundle }: HandoverFacts): Moments {
  if (bundle === null) return [];
  return [{ at: bundle.createdAt, what: `<@${bundle.requestedBy}> asked for a support bundle: ${bundleState(bundle)}` }];
}

/** Rollouts, and when the trouble began, as the newest report has them. */
function seenMoments(newest: Run | undefined): Moments {
  return (newest?.report?.timeline ?? []).map(({ at, what }) => ({ at: new Date(at), what: escapeShort(what, 240) }));
}

/** The note as messages of the thread. A long story keeps its beginning and its end. */
export function renderHandover(note: HandoverNote, by: string, at: Date): readonly RenderedMessage[] {
  const { name, who, now, open, tried, moments } = note;
  const groups: KnownBlock[][] = [
    [header(`Handover: ${name}`), context(`Written for <@${by}> ${slackTime(at)}.`)],
    [section(`*Who is on it*\n${who}`), section(`*How it stands*\n${now}`)],
    open.length === 0 ? [section('*What is open*\nNothing that I know of.')] : list('*What is open*', capped(open, MOST.open)),
    tried.length === 0
      ? [section('*What was tried*\nNo fix was asked for.')]
      : list('*What was tried, and what came of it*', capped(tried, MOST.tried)),
    list('*In order of time*', told(moments)),
  ];
  const messages = packMessages(groups);
  const text = `Handover of ${name}. ${who} ${now} ${open.length === 0 ? 'Nothing is open.' : `${open.length} open.`}`;
  return messages.map((blocks, index) => ({
    blocks,
    text: index === 0 ? text : `Handover of ${name}, part ${index + 1} of ${messages.length}.`,
  }));
}

function told(moments: HandoverNote['moments']): string[] {
  const line = ({ at, what }: HandoverNote['moments'][number]) => `${slackTime(at)}: ${what}`;
  const most = MOST.firstMoments + MOST.lastMoments;
  if (moments.length <= most) return moments.map(line);
  const left = moments.length - most;
  return [
    ...moments.slice(0, MOST.firstMoments).map(line),
    `… ${left} more, which the thread has …`,
    ...moments.slice(-MOST.lastMoments).map(line),
  ];
}

const capped = (lines: readonly string[], most: number): string[] =>
  lines.length <= most ? [...lines] : [...lines.slice(0, most), `and ${lines.length - most} more, which the thread has`];
