import type { Button, KnownBlock } from '@slack/types';
import type { RequestRecord } from '../../remediations/approvals/record.ts';
import type { Run } from '../../store/runs.ts';
import type { Thread } from '../../store/threads.ts';
import { ACTION, button } from './actions.ts';
import { context, section } from './blocks.ts';
import type { RenderedMessage } from './report.ts';
import { stateOf } from './request.ts';
import { escapeShort, slackTime } from './text.ts';
import { result, standing, subject, terminalCommand } from './wording.ts';

/** The thread's root message in the channel: the result in one line, who asked, who takes care of it. */
export function renderRoot(thread: Thread, latest: Run, fix: RequestRecord | null): RenderedMessage {
  const name = escapeShort(subject(thread), 200);
  const result = resultLine(latest);
  const asked = `Asked by <@${latest.requestedBy}> ${slackTime(latest.queuedAt)}`;
  const owner = thread.owner === null ? 'Nobody has taken this on yet.' : `<@${thread.owner}> is on it.`;
  const repair = fix === null ? '' : ` ${fixLine(fix)}`;
  const blocks: KnownBlock[] = [section(`*${name}:* ${result}`), context(`${asked}. ${owner}${repair}`)];
  const buttons = rootButtons(thread, latest);
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  return { text: `${name}: ${result}${repair}`, blocks };
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

function rootButtons(thread: Thread, latest: Run): Button[] {
  const own =
    thread.owner === null ? [button('I’m on it', { id: ACTION.own, value: thread.id, label: `I take care of ${subject(thread)}` })] : [];
  const ended = latest.status !== 'queued' && latest.status !== 'running';
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
    ],
  };
}
