import { mention } from '../../remediations/approvals/mention.ts';
import { approvalsOf } from '../../remediations/approvals/quorum.ts';
import type { RequestRecord } from '../../remediations/approvals/record.ts';
import type { Principal, Rule } from '../../remediations/approvals/rule.ts';
import { button } from './actions.ts';
import { section } from './blocks.ts';
import type { RenderedMessage } from './report.ts';
import { FIX } from './request-actions.ts';
import { escapeShort, slackTime } from './text.ts';

/** Calls those who may approve, once more. */
export function renderReminder(record: RequestRecord, rule: Rule): RenderedMessage {
  return said(`${mention(rule.approvers)}: ${waiting(record, rule)} Its message above has the plan and the buttons.`);
}

/** Calls more people. They may not all approve. */
export function renderWidening(record: RequestRecord, rule: Rule, people: readonly Principal[]): RenderedMessage {
  const called = people.includes('members') ? '<!here>' : mention(people);
  return said(`${called}: ${waiting(record, rule)} It needs ${mention(rule.approvers)}: decide it, or find one of them.`);
}

/** What a call to decide says once there is nothing to decide any more. */
export function renderCallOver({ title, target }: RequestRecord): RenderedMessage {
  return said(
    `People were called here to decide about *${escapeShort(title, 150)}* on ${escapeShort(target, 80)}. That is over: its message above says how.`,
  );
}

/** What the pager reads aloud (plain text). */
export function pageSummary(record: RequestRecord): string {
  const why = record.cause === null ? '' : ` for ${record.cause}`;
  return `${record.dryRun ? 'Dry run: ' : ''}Nobody has decided about a fix on ${record.target}${why}: ${record.title}. ${record.plan?.summary ?? ''}`.trim();
}

/** A call was sent to the pager. */
export function renderPaged(summary: string): RenderedMessage {
  return said(`PagerDuty was called: ${escapeShort(summary, 600)}`);
}

/** Why people are called here and not by the pager. */
export function renderUnpaged(summary: string, people: readonly Principal[], why: string): RenderedMessage {
  return said(`${mention(people)}: ${escapeShort(summary, 600)}\n${why} Please call whoever is on call yourself.`);
}

/** A change that was meant for a while still stands; once somebody has asked to undo it, nobody needs to be asked any more. */
export function renderUndoReminder({ id, requester, plan, execution, title, undone }: RequestRecord): RenderedMessage {
  const since = execution?.finishedAt ?? null;
  if (undone !== null)
    return said(`This was meant for a while, and somebody has asked to undo it, below: *${escapeShort(plan?.summary ?? title, 600)}*`);
  const text = `<@${requester}>: this was meant for a while, and still stands${since === null ? '' : ` since ${slackTime(new Date(since))}`}: *${escapeShort(plan?.summary ?? title, 600)}* Is it still needed?`;
  return {
    text,
    blocks: [
      section(text),
      { type: 'actions', elements: [button('Undo…', { id: FIX.undo, value: id, label: `Undo: ${plan?.summary ?? title}` })] },
    ],
  };
}

function waiting(record: RequestRecord, rule: Rule): string {
  const missing = Math.max(1, rule.quorum - approvalsOf(record, rule).size);
  const until = record.expiresAt === null ? '' : ` It expires ${slackTime(new Date(record.expiresAt))}.`;
  return `${record.dryRun ? 'Dry run: ' : ''}*${escapeShort(record.title, 150)}* on ${escapeShort(record.target, 80)} still waits for ${missing === 1 ? 'one approval' : `${missing} approvals`}.${until}`;
}

const said = (text: string): RenderedMessage => ({ text, blocks: [section(text)] });
