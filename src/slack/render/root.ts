import type { Button, KnownBlock } from '@slack/types';
import type { RequestRecord } from '../../remediations/approvals/record.ts';
import type { BundleRecord } from '../../store/bundles.ts';
import type { Run } from '../../store/runs.ts';
import type { Thread } from '../../store/threads.ts';
import { ACTION, button } from './actions.ts';
import { context, section } from './blocks.ts';
import { stateOf as bundleState } from './bundle.ts';
import { helpActions } from './help-actions.ts';
import type { RenderedMessage } from './report.ts';
import { sentenceOf, stateOf } from './request.ts';
import { escapeShort, slackTime } from './text.ts';
import { result, standing, subject, terminalCommand } from './wording.ts';

/**
 * The thread's root message in the channel: the result in one line, who asked, who takes care of it. Where the thread began with a fix
 * or a support bundle, how that stands is the result. Null where nothing was asked for in it yet.
 */
export function renderRoot(
  thread: Thread,
  latest: Run | undefined,
  fix: RequestRecord | null,
  bundle: BundleRecord | null = null,
): RenderedMessage | null {
  const content = contentOf(thread, latest, fix, bundle);
  if (content === null) return null;
  const { name, result, asked, more } = content;
  const owner = thread.owner === null ? 'Nobody has taken this on yet.' : `<@${thread.owner}> is on it.`;
  const blocks: KnownBlock[] = [
    section(`*${name}:* ${result}`),
    context([`${asked}.`, owner, ...more, `Incident \`${thread.id.slice(0, 8)}\`.`].join(' ')),
  ];
  const buttons = rootButtons(thread, name, latest);
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  return { text: [`${name}: ${result}`, ...more].join(' '), blocks };
}

interface Content {
  readonly name: string;
  readonly result: string;
  readonly asked: string;
  readonly more: readonly string[];
}

function contentOf(
  { topic, target }: Thread,
  latest: Run | undefined,
  fix: RequestRecord | null,
  bundle: BundleRecord | null,
): Content | null {
  if (topic === null && fix !== null)
    return {
      name: escapeShort(`${fix.dryRun ? 'Dry run: ' : ''}${fix.undoes === null ? 'Fix' : 'Undo'} on ${target}: ${fix.title}`, 200),
      result: `${stateOf(fix)}. ${escapeShort(sentenceOf(fix), 600)}`,
      asked: `Asked by <@${fix.requester}> ${slackTime(new Date(fix.createdAt))}`,
      more: latest === undefined ? [] : [`${escapeShort(subject(latest), 200)}: ${resultLine(latest)}`],
    };
  if (topic === null && bundle !== null)
    return {
      name: `Support bundle of ${escapeShort(target, 80)}`,
      result: bundleState(bundle),
      asked: `Asked by <@${bundle.requestedBy}> ${slackTime(bundle.createdAt)}`,
      more: latest === undefined ? [] : [`${escapeShort(subject(latest), 200)}: ${resultLine(latest)}`],
    };
  if (latest === undefined) return null;
  return {
    name: escapeShort(subject({ topic: topic ?? latest.topic, target }), 200),
    result: resultLine(latest),
    asked: `Asked by <@${latest.requestedBy}> ${slackTime(latest.queuedAt)}`,
    more: fix === null ? [] : [fixLine(fix)],
  };
}

function fixLine(fix: RequestRecord): string {
  return `Last ${fix.undoes === null ? 'fix' : 'undo'}: ${escapeShort(fix.title, 150)}, *${stateOf(fix).toLowerCase()}*.`;
}

function resultLine(run: Run): string {
  switch (run.status) {
    case 'queued':
      if (run.notice !== null) return 'waiting for a worker; nothing was looked at yet.';
      return run.previousRunId === null ? 'looking…' : 'looking again…';
    case 'running':
      return run.previousRunId === null ? 'looking…' : 'looking again…';
    case 'done':
      if (run.report?.outcome === 'shown') return escapeShort(result(run.report), 600);
      return run.report === null ? 'done' : `${standing(run.report)}. ${escapeShort(result(run.report), 600)}`;
    case 'failed':
    case 'interrupted':
      return `could not be diagnosed. ${escapeShort(run.failure ?? 'The run stopped.', 300)} In a terminal: \`${terminalCommand(run)}\``;
  }
}

function rootButtons(thread: Thread, name: string, latest: Run | undefined): Button[] {
  const own = thread.owner === null ? [button('I’m on it', { id: ACTION.own, value: thread.id, label: `I take care of ${name}` })] : [];
  const ended = latest !== undefined && latest.status !== 'queued' && latest.status !== 'running';
  return [...own, ...(ended ? [button('Run again', { id: ACTION.again, value: latest.id })] : [])];
}

/** What the thread is told when a run ends without a report. */
export function renderFailure(run: Run): RenderedMessage {
  const why = escapeShort(run.failure ?? 'The run stopped.', 600);
  const instead = `Run \`${terminalCommand(run)}\` in a terminal, or press “Run again”.`;
  return {
    text: `${escapeShort(subject(run), 200)} could not be diagnosed. ${why}`,
    blocks: [
      section(`*I could not finish.* ${why}\n${instead}`),
      { type: 'actions', elements: [button('Run again', { id: ACTION.again, value: run.id })] },
      helpActions(run.id),
    ],
  };
}
