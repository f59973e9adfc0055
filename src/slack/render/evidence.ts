import type { KnownBlock, ModalView } from '@slack/types';
import type { Asked, CheckReport, Report } from '../../diagnostics/report.ts';
import { context, list, preformatted, section } from './blocks.ts';
import { escapeShort, shorten } from './text.ts';
import { VERDICT } from './wording.ts';

const MOST_BLOCKS = 96;

/** What opens at once, while the report is read from the store. */
export function loadingModal(title: string): ModalView {
  return modal(title, [section('One moment…')]);
}

/** A modal that says one thing (mrkdwn). */
export function noticeModal(title: string, text: string): ModalView {
  return modal(title, [section(text)]);
}

/** Each line of evidence for one diagnosis, with what was asked, ready to paste. Null where the report has no such diagnosis. */
export function evidenceModal(report: Report, index: number): ModalView | null {
  const diagnosis = report.diagnoses[index];
  if (diagnosis === undefined) return null;
  const lines = diagnosis.evidence.flatMap((line) => [
    section(`${escapeShort(line.text, 1_500)}\n\`${escapeShort(line.check, 80)}\``),
    ...line.asked.flatMap(askedBlocks),
  ]);
  return modal('Evidence', [section(`*${escapeShort(diagnosis.title, 200)}*`), ...lines]);
}

/**
 * Every check of the run with its verdict and what was asked, what could not be asked, and what became of every other cause.
 * What is not as it should be comes first; where there is not room for all, what is well is told without what was asked.
 */
export function everythingModal(report: Report): ModalView {
  const isWell = ({ verdict }: CheckReport) => verdict === 'ok' || verdict === 'not-applicable';
  const bad = report.checks.filter((check) => !isWell(check)).flatMap(checkBlocks);
  const well = report.checks.filter(isWell);
  const missing = report.notSeen.flatMap(({ source, message, mend, asked }) => [
    section(`*Could not look: ${escapeShort(source, 80)}*\n${escapeShort(message, 500)}\nTo mend it: ${escapeShort(mend, 500)}`),
    ...askedBlocks(asked),
  ]);
  const before = [...missing, ...bad, ...otherCauses(report)];
  const whole = well.flatMap(checkBlocks);
  const short = list(
    '*As it should be*',
    well.map(({ title, summary }) => `${escapeShort(title, 100)}: ${escapeShort(summary, 240)}`),
  );
  return modal('What I looked at', [...before, ...(before.length + whole.length > MOST_BLOCKS ? short : whole)]);
}

function checkBlocks({ id, title, verdict, summary, asked }: CheckReport): KnownBlock[] {
  const text = `*${escapeShort(title, 150)}*: ${VERDICT[verdict]}\n${escapeShort(summary, 500)}\n\`${escapeShort(id, 80)}\``;
  return [section(text), ...asked.flatMap(askedBlocks)];
}

function otherCauses({ ruledOut, undecided }: Report): KnownBlock[] {
  const line = ({ title, because }: { readonly title: string; readonly because: string }) =>
    `${escapeShort(title, 100)}: ${escapeShort(because, 200)}`;
  return [...list('*Ruled out*', ruledOut.map(line)), ...list('*Could not decide*', undecided.map(line))];
}

function askedBlocks({ tool, command }: Asked): KnownBlock[] {
  return command === '' ? [] : [context(tool === 'promql' ? 'PromQL' : tool), preformatted(command)];
}

function modal(title: string, blocks: readonly KnownBlock[]): ModalView {
  const fitting = blocks.slice(0, MOST_BLOCKS);
  const rest = blocks.length > MOST_BLOCKS ? [context('There is more: `npx hotswap diagnose … --json` prints all of it.')] : [];
  return {
    type: 'modal',
    title: { type: 'plain_text', text: shorten(title, 24) },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [...fitting, ...rest],
  };
}
