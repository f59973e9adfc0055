import type { KnownBlock } from '@slack/types';
import { mention } from '../../remediations/approvals/mention.ts';
import { approvalsOf } from '../../remediations/approvals/quorum.ts';
import type { RequestRecord, State } from '../../remediations/approvals/record.ts';
import type { Rule } from '../../remediations/approvals/rule.ts';
import { context, header, LIMIT, list, packMessages, section, textLength } from './blocks.ts';
import { breakGlassBlocks } from './break-glass.ts';
import { requestButtons } from './request-buttons.ts';
import { escapeShort, escapeText, slackTime } from './text.ts';
import { VERDICT } from './wording.ts';

interface RenderedRequest {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  /** What of the plan has no room there, for messages below: nobody approves what they cannot read. */
  readonly more: readonly (readonly KnownBlock[])[];
}

/** What stays in its message whatever else there is: where it stands and who asked, then who decides and how. */
interface Parts {
  readonly head: readonly KnownBlock[];
  readonly body: readonly KnownBlock[];
  readonly tail: readonly KnownBlock[];
}

/** A request for a fix as its messages show it: always what the record says. */
export function renderRequest(record: RequestRecord): RenderedRequest {
  const text = `${rehearses(record) ? 'Dry run. ' : ''}${stateOf(record)}: ${record.title} (${record.target}). ${sentenceOf(record)}`;
  return { text: escapeShort(text, 3_000), ...spread(partsOf(record), record) };
}

/** A dry run that has come to its end says so by its state. */
const rehearses = ({ dryRun, state }: RequestRecord) => dryRun && state !== 'rehearsed';

/** All of a request, for where there is no limit. */
export function requestBlocks(record: RequestRecord): readonly KnownBlock[] {
  const { head, body, tail } = partsOf(record);
  return [...head, ...body, ...tail];
}

function partsOf(record: RequestRecord): Parts {
  return {
    head: [
      header(`${rehearses(record) ? 'Dry run: ' : ''}${record.undoes === null ? 'Fix' : 'Undo'}: ${record.title}`),
      section(`*${stateOf(record)}*  ${escapeText(sentenceOf(record))}`),
      context(originOf(record)),
      ...(rehearses(record) ? [section('*Dry run:* this is planned and approved like any other, and never carried out.')] : []),
    ],
    body: [
      ...paramBlocks(record),
      ...planBlocks(record),
      ...refusalBlocks(record),
      ...executionBlocks(record),
      ...verificationBlocks(record),
      ...nextBlocks(record),
      ...undoneBlocks(record),
    ],
    tail: [...breakGlassBlocks(record), ...decisionBlocks(record), ...requestButtons(record)],
  };
}

const STATE_WORDS: Readonly<Record<State, string>> = {
  planning: 'Planning',
  refused: 'Refused',
  'nothing-to-do': 'Nothing to do',
  'awaiting-approval': 'Waiting for approval',
  approved: 'Approved',
  executing: 'Running',
  verifying: 'Verifying',
  fixed: 'Fixed',
  'not-fixed': 'Not fixed',
  unverified: 'Done, not verified',
  rejected: 'Rejected',
  expired: 'Expired',
  drifted: 'Replaced by a new plan',
  stopped: 'Stopped',
  failed: 'Failed',
  unknown: 'Look here: the outcome is not known',
  rehearsed: 'Dry run, nothing changed',
};

/** The state in the words of its message. */
export function stateOf({ state, undoes }: Pick<RequestRecord, 'state' | 'undoes'>): string {
  return state === 'fixed' && undoes !== null ? 'Undone' : STATE_WORDS[state];
}

/** How it stands, in a sentence. */
export function sentenceOf(record: RequestRecord): string {
  const summary = record.plan?.summary ?? '';
  switch (record.state) {
    case 'planning':
      return 'Reading what is there now and planning. Nothing is changed.';
    case 'executing':
      return record.stop === null ? (record.execution?.progress ?? summary) : `Stopping. ${record.execution?.progress ?? ''}`.trim();
    case 'verifying':
      return record.verification?.summary || 'Looking whether it helped.';
    case 'awaiting-approval':
    case 'approved':
      return summary;
    case 'fixed':
      return record.undoes === null ? (record.outcome ?? '') : (record.outcome ?? 'Taken back.');
    case 'not-fixed':
      return `${record.outcome ?? ''} I am diagnosing again in this thread.`.trim();
    default:
      return record.outcome ?? summary;
  }
}

function originOf(record: RequestRecord): string {
  const parts = [`Asked for by <@${record.requester}>`, `target *${escapeText(record.target)}*`, `\`${record.remediation}\``];
  if (record.cause !== null) parts.push(`for \`${record.cause}\``);
  if (record.plan !== null) parts.push(`risk ${record.plan.risk}`);
  if (record.reason !== '') parts.push(`reason: ${escapeShort(record.reason, 300)}`);
  return parts.join(' · ');
}

/** The parameters that were asked for, whatever the plan made of them. */
function paramBlocks({ params, overrides }: RequestRecord): KnownBlock[] {
  const given = Object.entries(params).map(([name, value]) => `\`${escapeShort(name, 60)}\` ${escapeShort(valueText(value), 200)}`);
  const without =
    overrides.length === 0 ? [] : [`Asked for without: ${overrides.map((source) => `\`${escapeShort(source, 80)}\``).join(', ')}`];
  const all = [...(given.length === 0 ? [] : [`Parameters: ${given.join(', ')}`]), ...without];
  return all.length === 0 ? [] : [context(all.join(' · '))];
}

function valueText(value: RequestRecord['params'][string]): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const PLAN_SHOWN: readonly State[] = ['awaiting-approval', 'approved', 'executing'];
const NOTHING_DONE: readonly State[] = ['rejected', 'expired'];
/** States in which every step was done; in others the plan may have come about in part or not at all. */
const CARRIED_OUT: readonly State[] = ['verifying', 'fixed', 'not-fixed', 'unverified'];

function planBlocks({ plan, state, undoes }: RequestRecord): KnownBlock[] {
  if (plan === null) return [];
  const differences = plan.changes.map(
    ({ field, before, after }) => `${escapeShort(field, 200)}: \`${escapeShort(before, 1_000)}\` → \`${escapeShort(after, 1_000)}\``,
  );
  if (NOTHING_DONE.includes(state)) return [];
  if (!PLAN_SHOWN.includes(state)) return list(CARRIED_OUT.includes(state) ? '*What changed*' : '*What was planned*', differences);
  return [
    ...list(
      '*Steps*',
      plan.stepTexts.map((text) => escapeShort(text, 2_500)),
    ),
    ...list('*Before → after* (dry run where there is one)', differences),
    ...list(
      '*What it touches*',
      plan.touches.map((text) => escapeShort(text, 2_500)),
    ),
    ...list(
      '*Know this*',
      plan.warnings.map((text) => escapeShort(text, 2_500)),
    ),
    ...(undoes === null ? [section(`*Undo*  ${escapeShort(plan.undo.text, 2_500)}`)] : []), // what was taken back is asked for anew
    ...(plan.stop.kind === 'none' ? [] : [context(`Stop, while it runs: ${escapeShort(plan.stop.text, 2_500)}`)]),
  ];
}

function refusalBlocks({ refusal }: RequestRecord): KnownBlock[] {
  return refusal === null ? [] : [section(`*What to do*  ${escapeShort(refusal.mend, 1_000)}`), context(`Code: \`${refusal.code}\``)];
}

function executionBlocks({ execution, state, plan, stop }: RequestRecord): KnownBlock[] {
  if (execution === null) return [];
  const goesOn = state === 'stopped' && plan?.stop.kind === 'hold' && stop?.freeze !== true ? plan.stop.text : undefined;
  return [
    ...list(
      '*What was done*',
      execution.results.map(({ text }) => escapeShort(text, 600)),
    ),
    ...(goesOn === undefined ? [] : [section(`*What goes on*  ${escapeShort(goesOn, 600)}`)]),
    ...(state === 'unknown'
      ? [section('Somebody has to look: the bot does not do this again by itself, and neither should you before looking.')]
      : []),
  ];
}

function verificationBlocks({ verification, state, undoes }: RequestRecord): KnownBlock[] {
  if (verification === null || undoes !== null) return [];
  const readings = verification.readings.map(
    ({ title, before, after, verdict }) =>
      `*${escapeText(title)}* (${VERDICT[verdict]})\n      before: ${escapeShort(before, 300)}\n      now: ${escapeShort(after, 300)}`,
  );
  return [
    ...list('*Before and now*', readings),
    ...(state === 'verifying'
      ? [context(`Verifying until ${slackTime(new Date(verification.deadline))}, with the checks that found the cause.`)]
      : []),
  ];
}

/** What to do next: what the diagnosis of now offers and nobody tried, or what removes that which was left behind. */
function nextBlocks({ next }: RequestRecord): KnownBlock[] {
  if (next === undefined) return [];
  return [section(`*Next*  ${escapeShort(next.title, 150)}: ${escapeShort(next.reason, 600)}`)];
}

/** What stands here may no longer be so once somebody has asked to take it back. */
function undoneBlocks({ undone }: RequestRecord): KnownBlock[] {
  return undone === null ? [] : [context('Somebody asked to undo this. The request for it, and how it went, stands below in this thread.')];
}

function decisionBlocks(record: RequestRecord): KnownBlock[] {
  const { decisions, state, rule } = record;
  const made = decisions.filter(({ breakGlass }) => !breakGlass).map((decision) => decisionText(decision, record));
  if (record.stop !== null)
    made.push(
      `<@${record.stop.by}> ${record.stop.freeze === true ? 'froze everything' : 'stopped it'}, ${slackTime(new Date(record.stop.at))}`,
    );
  if (state !== 'awaiting-approval' || rule === null || record.expiresAt === null)
    return made.length === 0 ? [] : [context(made.join(' · '))];
  const missing = rule.quorum - approvalsOf(record, rule).size;
  const lapsed = decisions.some((one) => one.decision === 'approve' && !one.breakGlass) ? lapsedOf(record, rule) : 0;
  if (lapsed > 0) made.push(`${lapsed === 1 ? 'one approval does' : `${lapsed} approvals do`} not count under the policy of now`);
  const but = rule.requesterCounts ? '' : `, not of <@${record.requester}>`;
  const who = `Needs ${missing === 1 ? 'one approval' : `${missing} approvals`}${decisions.length > 0 ? ' more' : ''} of ${mention(rule.approvers)}${but}`;
  return [context([who, `expires ${slackTime(new Date(record.expiresAt))}`, ...made].join(' · '))];
}

/** Approvals that do not count any more, because the policy has become stricter since. */
function lapsedOf(record: RequestRecord, rule: Rule): number {
  const given = new Set(record.decisions.filter((one) => one.decision === 'approve' && !one.breakGlass).map(({ by }) => by));
  return given.size - approvalsOf(record, rule).size;
}

function decisionText({ by, decision, at, via, reason }: RequestRecord['decisions'][number], { requester }: RequestRecord): string {
  const act = decision === 'approve' ? 'approved' : by === requester ? 'withdrew' : 'rejected';
  const way = via === 'signature' ? ' by a signature in a terminal' : '';
  const why = reason === '' || decision === 'reject' ? '' : ` (${escapeShort(reason, 300)})`; // a rejection's is its outcome
  return `<@${by}> ${act}${way}, ${slackTime(new Date(at))}${why}`;
}

/** Room for the note below and for the banner of a freeze. */
const SPARE = { blocks: 2, text: 900 } as const;

/** Fills the message as far as Slack takes it. What of a plan that waits for approval is left goes into messages of its own. */
function spread({ head, body, tail }: Parts, record: RequestRecord): Pick<RenderedRequest, 'blocks' | 'more'> {
  const ends = [...head, ...tail];
  const room = { blocks: LIMIT.blocks - SPARE.blocks - ends.length, text: LIMIT.messageText - SPARE.text - textLength(ends) };
  const fits = (blocks: readonly KnownBlock[]) => blocks.length <= room.blocks && textLength(blocks) <= room.text;
  if (fits(body)) return { blocks: [...head, ...body, ...tail], more: [] };
  let count = body.length;
  while (count > 0 && !fits(body.slice(0, count))) count -= 1;
  const rest = body.slice(count);
  const more = record.state === 'awaiting-approval' ? packMessages([rest]).map((blocks) => [...blocks]) : [];
  return { blocks: [...head, ...body.slice(0, count), section(noteOf(more.length, record)), ...tail], more };
}

function noteOf(messages: number, { id }: RequestRecord): string {
  const all = `\`npx hotswap requests show ${id.slice(0, 8)}\` shows all of it`;
  if (messages === 0) return `*There is more than fits here:* ${all}.`;
  const where = messages === 1 ? 'in one more message' : `in ${messages} more messages`;
  return `*The plan goes on below,* ${where} of this thread. Read all of it before you approve; ${all} as well.`;
}
