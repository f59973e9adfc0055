import type { ActionsBlock, KnownBlock } from '@slack/types';
import type { BundleRecord, BundleSummary } from '../../store/bundles.ts';
import type { ProgressStep } from '../../store/runs.ts';
import { button } from './actions.ts';
import { capped, list, section, smallList } from './blocks.ts';
import { BUNDLE } from './bundle-actions.ts';
import { callButtons } from './help-actions.ts';
import type { RenderedMessage } from './report.ts';
import { escapeShort, escapeText, slackTime } from './text.ts';

const MOST = { steps: 20, contents: 12, missing: 8, named: 4, cut: 6, kinds: 12 } as const;

/** The message of a bundle in its thread: progress while it is made, then what is in it, and what came of it. */
export function renderBundle(bundle: BundleRecord): RenderedMessage {
  const title = `Support bundle of ${escapeShort(bundle.target, 80)}`;
  const state = stateOf(bundle);
  const blocks: KnownBlock[] = [section(`*${title}:* ${state}`), ...progressOf(bundle), ...summaryBlocks(bundle), ...actionsOf(bundle)];
  return { text: `${title}: ${state}`, blocks };
}

/** How it stands, in a sentence or two (mrkdwn). */
export function stateOf(bundle: BundleRecord): string {
  const { state, progress, sizeBytes, endedBy } = bundle;
  const size = sizeBytes === null ? '' : ` (${bytes(sizeBytes)})`;
  switch (state) {
    case 'asked':
      return 'waiting for a worker to collect it.';
    case 'collecting':
      return progress.length === 0 ? 'collecting…' : `collecting: ${progress.filter(isOver).length} of ${progress.length} parts are there.`;
    case 'packed':
      return `packed${size}, and no secret was found in it. Asking Slack where to send it…`;
    case 'uploading':
      return `on its way to Slack${size}${sentOf(bundle)}…`;
    case 'uploaded':
      return `Slack has it${size}; it is in this thread in a moment.`;
    case 'done':
      return `it is in this thread${size}. Everybody who can see the channel can open it.`;
    case 'removed':
      return `<@${endedBy ?? ''}> has removed it from Slack.`;
    case 'cancelled':
      return `cancelled by <@${endedBy ?? ''}>. Nothing of it is left anywhere.`;
    case 'blocked':
      return `*not sent.* ${escapeShort(bundle.failure ?? '', 1_500)}`;
    case 'failed':
      return `*failed.* ${escapeShort(bundle.failure ?? '', 1_500)}`;
  }
}

/** How much of it Slack has. */
const sentOf = ({ progress }: BundleRecord): string => progress.flatMap(({ detail }) => (detail === null ? [] : [`, ${detail}`])).join('');

/** What stands at the file itself: a line or two, as it cannot be changed any more. */
export function fileComment({ target, sizeBytes, sha256, summary }: BundleRecord): string {
  const title = `Support bundle of ${escapeShort(target, 80)}`;
  if (summary === null) return title;
  const missing =
    summary.missingCount === 0 ? 'Everything was collected.' : `Not collected: ${summary.missingCount} (see the message above).`;
  return [
    `*${title}*, from ${spanOf(summary)}: ${files(summary.files)}, ${bytes(sizeBytes ?? 0)}.`,
    `${missing} ${secretsLine(summary)}`,
    `SHA-256 \`${sha256 ?? ''}\``,
  ].join('\n');
}

const isOver = ({ status }: ProgressStep): boolean => status === 'complete' || status === 'error';

const STEP_WORDS: Readonly<Record<ProgressStep['status'], string>> = {
  pending: 'waiting',
  in_progress: 'collecting…',
  complete: 'there',
  error: 'incomplete',
};

function progressOf({ state, progress }: BundleRecord): KnownBlock[] {
  if (state !== 'collecting' || progress.length === 0) return [];
  const line = ({ title, status, detail }: ProgressStep) =>
    `${escapeShort(title, 100)}: ${STEP_WORDS[status]}${detail === null ? '' : ` (${escapeText(detail)})`}`;
  return smallList('*Collecting*', capped(progress, MOST.steps, line, ''));
}

const HOW_TO_READ =
  'Open `report.html` in it first; `sbctl` and `troubleshoot analyze` read the rest, and `manifest.json` lists every file.';

function summaryBlocks({ state, summary, sizeBytes, sha256, fileName, told }: BundleRecord): KnownBlock[] {
  if (summary === null || state === 'cancelled') return [];
  const story = [
    ...(summary.headline === null ? [] : [`The diagnosis in it: ${escapeShort(summary.headline, 400)}`]),
    ...(told.symptom === '' || told.symptom === summary.headline ? [] : [`What people see: ${escapeShort(told.symptom, 400)}`]),
    ...(told.since === '' ? [] : [`Since: ${escapeShort(told.since, 200)}`]),
    ...(told.changes === '' ? [] : [`What has changed: ${escapeShort(told.changes, 400)}`]),
  ];
  const facts = [
    `From ${spanOf(summary)}`,
    `${files(summary.files)}, ${bytes(summary.unpackedBytes)} unpacked, ${bytes(sizeBytes ?? 0)} packed`,
    `\`${escapeText(fileName ?? '')}\`, SHA-256 \`${sha256 ?? ''}\``,
    ...(state === 'done' ? [HOW_TO_READ] : []),
  ];
  return [
    ...list('*What it is about*', story),
    ...list('*About it*', facts),
    ...list(
      '*What is in it*',
      capped(
        summary.contents,
        MOST.contents,
        ({ title, files: count }) => `${escapeShort(title, 100)}: ${count === 0 ? 'nothing' : files(count)}`,
        '',
      ),
    ),
    ...list('*What could not be collected*', missingLines(summary)),
    ...list('*Cut at the end, because it was too long*', pathLines(summary.cut, summary.cutCount)),
    ...list('*Cut at the beginning, because it was too long*', pathLines(summary.cutBefore, summary.cutBeforeCount)),
    ...list('*Secrets that were taken out*', secretLines(summary, state === 'blocked')),
  ];
}

/** What is missing for the same reason stands together, so that a system that is away does not hide the rest. */
function missingLines({ missing, missingCount }: BundleSummary): string[] {
  const groups = [...Map.groupBy(missing, ({ reason, mend }) => JSON.stringify([reason, mend])).values()].slice(0, MOST.missing);
  const told = groups.reduce((sum, group) => sum + group.length, 0);
  const lines = groups.map(missingLine);
  return missingCount > told ? [...lines, `and ${missingCount - told} more (\`manifest.json\` in the bundle)`] : lines;
}

function missingLine(group: BundleSummary['missing']): string {
  const names = group.slice(0, MOST.named).map(({ what }) => `\`${escapeShort(what, 80)}\``);
  const more = group.length > names.length ? ` and ${group.length - names.length} more` : '';
  const { reason, mend } = group[0] ?? { reason: '', mend: '' };
  return `${names.join(', ')}${more}: ${escapeShort(reason, 240)}${mend === '' ? '' : ` _To mend it:_ ${escapeShort(mend, 240)}`}`;
}

function pathLines(paths: readonly string[], count: number): string[] {
  const lines = paths.slice(0, MOST.cut).map((path) => `\`${escapeShort(path, 160)}\``);
  return count > lines.length ? [...lines, `and ${count - lines.length} more (\`manifest.json\` in the bundle)`] : lines;
}

function secretLines(summary: BundleSummary, isBlocked: boolean): string[] {
  if (summary.redacted.length === 0) return [isBlocked ? 'None.' : 'None was found, and a second look by other rules found none either.'];
  const line = ({ kind, times, different }: BundleSummary['redacted'][number]) =>
    `${escapeShort(kind, 60)}: ${times === 1 ? 'once' : `${times} times`}${times === different ? '' : `, ${different} different`}`;
  return capped(summary.redacted, MOST.kinds, line, ' (`manifest.json` in the bundle)');
}

function secretsLine({ redacted }: BundleSummary): string {
  const times = redacted.reduce((sum, kind) => sum + kind.times, 0);
  return times === 0 ? 'No secret was found.' : `Secrets were taken out in ${times === 1 ? '1 place' : `${times} places`}.`;
}

function actionsOf({ id, threadId, state, target }: BundleRecord): ActionsBlock[] {
  const again = button('Run again', { id: BUNDLE.again, value: id, label: `Collect the support bundle of ${target} again` });
  switch (state) {
    case 'asked':
    case 'collecting':
    case 'packed':
    case 'uploading':
      return [actions([button('Cancel', { id: BUNDLE.cancel, value: id, label: `Cancel the support bundle of ${target}` })])];
    case 'uploaded':
      return [];
    case 'done':
      return [actions([removal(id, target), again]), actions(callButtons(threadId))];
    default:
      return [actions([again])];
  }
}

const actions = (elements: ActionsBlock['elements']): ActionsBlock => ({ type: 'actions', elements });

function removal(id: string, target: string) {
  return button('Remove from Slack', {
    id: BUNDLE.remove,
    value: id,
    style: 'danger',
    label: `Remove the support bundle of ${target} from Slack`,
    confirm: {
      title: { type: 'plain_text', text: 'Remove it from Slack?' },
      text: { type: 'plain_text', text: 'The file is gone for everybody, for good. Whoever has downloaded it keeps it.' },
      confirm: { type: 'plain_text', text: 'Remove' },
      deny: { type: 'plain_text', text: 'Keep it' },
      style: 'danger',
    },
  });
}

const spanOf = ({ from, to }: BundleSummary): string => `${slackTime(new Date(from))} to ${slackTime(new Date(to))}`;
const files = (count: number): string => (count === 1 ? '1 file' : `${count} files`);

/** A size as people read it: "812 bytes", "3.4 MB". */
export function bytes(count: number): string {
  if (count < 1_000) return `${count} bytes`;
  const units = ['kB', 'MB', 'GB'];
  let value = count / 1_000;
  for (const unit of units) {
    if (value < 999.5 || unit === 'GB') return `${value < 10 ? value.toFixed(1) : Math.round(value)} ${unit}`;
    value /= 1_000;
  }
  return `${count} bytes`;
}
