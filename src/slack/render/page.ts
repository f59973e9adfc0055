import type { KnownBlock, ModalView } from '@slack/types';
import type { Report } from '../../diagnostics/report.ts';
import type { PageCall, ThreadPage } from '../../store/thread-pages.ts';
import type { Thread } from '../../store/threads.ts';
import { ACTION, button } from './actions.ts';
import { context, list, section } from './blocks.ts';
import { formModal } from './form.ts';
import { HELP } from './help-actions.ts';
import type { RenderedMessage } from './report.ts';
import { escapeShort, escapeUrl, shorten, slackTime } from './text.ts';
import { result, rootsOf, standing, subject } from './wording.ts';

/** Longest summary that PagerDuty takes. */
const LONGEST_SUMMARY = 1_024;
const MOST_CAUSES = 3;

/** A page as it is sent. */
interface PageText {
  readonly summary: string;
  readonly call: PageCall;
}

/** What the pager is told about a thread: from its newest report, where it has one. */
export function pageTextOf(thread: Thread, report: Report | null, link: string | null): PageText {
  const name = report === null ? `Incident on ${thread.target}` : `${subject(report)} (${standing(report)})`;
  const said = report === null ? 'Somebody asks for help; nothing was diagnosed yet.' : result(report);
  const causes = report === null ? [] : rootsOf(report).slice(0, MOST_CAUSES);
  const numbered = causes.map(({ diagnosis }, index): [string, string] => [
    `cause ${index + 1}`,
    `${diagnosis.title} (${diagnosis.cause}, ${diagnosis.certainty})`,
  ]);
  return {
    summary: shorten(`${name}: ${said}`, LONGEST_SUMMARY),
    call: {
      severity: severityOf(report),
      link,
      details: {
        incident: thread.id,
        target: thread.target,
        ...Object.fromEntries(numbered),
        ...(report === null ? {} : { 'next step': shorten(report.nextStep, 500), 'diagnosed at': report.finishedAt }),
      },
    },
  };
}

/** A report without a severity has found no cause, or could not look: somebody still needs help. */
function severityOf(report: Report | null): PageCall['severity'] {
  if (report?.severity === 'SEV-1') return 'critical';
  if (report?.severity === 'SEV-3') return 'warning';
  return report?.outcome === 'healthy' || report?.outcome === 'explained' ? 'info' : 'error';
}

/** Everything that the pager will be told, before it is. The summary is read aloud, and can be put into better words. */
export function pageModal(thread: Thread, { summary, call }: PageText, metadata: string, configured: boolean): ModalView {
  const details = Object.entries(call.details).map(([name, value]) => `${escapeShort(name, 60)}: ${escapeShort(value, 600)}`);
  return formModal({
    callback: HELP.paging,
    title: 'Page on-call',
    submit: 'Page',
    metadata: metadata,
    blocks: [
      section(
        configured
          ? 'PagerDuty is told exactly this:'
          : '*No pager is configured here.* This is said in the thread, to those who may approve.',
      ),
      {
        type: 'input',
        block_id: 'summary',
        label: { type: 'plain_text', text: 'Summary' },
        hint: { type: 'plain_text', text: 'Read aloud to whoever is on call.' },
        element: { type: 'plain_text_input', action_id: 'value', multiline: true, max_length: LONGEST_SUMMARY, initial_value: summary },
      },
      section(
        [
          `*Severity:* ${call.severity}`,
          `*Source:* ${escapeShort(thread.target, 80)}`,
          `*Deduplication key:* \`${thread.id}\``,
          `*Link:* ${call.link === null ? 'none, as Slack has not told the address of the thread yet' : `<${escapeUrl(call.link)}|the thread>`}`,
        ].join('\n'),
      ),
      ...list('*Details*', details),
      context('One page is open per thread. “I’m on it” acknowledges it; “Resolve”, or a run that finds it healthy, ends it.'),
    ],
  });
}

/** The page of a thread, as its message shows it: always what the row says. */
export function renderThreadPage(page: ThreadPage): RenderedMessage {
  const text = `${stateOf(page)} ${escapeShort(page.summary, 700)}`;
  const blocks: KnownBlock[] = [section(`*${stateOf(page)}*\n${escapeShort(page.summary, LONGEST_SUMMARY)}`), context(asked(page))];
  if (page.ended === null)
    blocks.push({
      type: 'actions',
      elements: [
        ...(page.acknowledged === null
          ? [button('I’m on it', { id: ACTION.own, value: page.threadId, label: 'I take care of what was paged' })]
          : []),
        button('Resolve', { id: HELP.resolve, value: page.threadId, label: 'What was paged is over' }),
        button('Open GitHub issue…', { id: HELP.issue, value: page.threadId, label: 'Open a GitHub issue with the report of this thread' }),
      ],
    });
  return { text, blocks };
}

function stateOf({ state, failure, acknowledged, ended }: ThreadPage): string {
  const atPager =
    failure === null || state === 'told'
      ? ''
      : ` ${pagerText(failure, ended === null ? acknowledged?.sent === true : state === 'resolved')}`;
  if (ended !== null) return `The page is resolved by ${ender(ended.by)} ${slackTime(ended.at)}.${atPager}`;
  if (acknowledged !== null) return `The page is acknowledged by <@${acknowledged.by}> ${slackTime(acknowledged.at)}.${atPager}`;
  if (state === 'sent') return 'PagerDuty was called.';
  if (state === 'told') return 'People are called here, and not by a pager.';
  return failure === null ? 'Calling PagerDuty…' : `PagerDuty does not answer (${escapeShort(failure, 100)}); it is tried further.`;
}

/** @param final whether the pager is not asked again */
const pagerText = (failure: string, final: boolean): string =>
  final
    ? `PagerDuty refuses to be told so (${escapeShort(failure, 100)}): do it there.`
    : `PagerDuty does not know that yet (${escapeShort(failure, 100)}); it is told as soon as it answers.`;

const ender = (by: string): string => (by.startsWith('run:') ? 'a run that found it healthy,' : `<@${by}>`);

function asked({ askedBy, askedAt, call, threadId }: ThreadPage): string {
  return `Asked for by <@${askedBy}> ${slackTime(askedAt)}. Severity: ${call.severity}. Key: \`${threadId}\`.`;
}
