import type { Report } from '../../diagnostics/report.ts';
import type { RequestRecord } from '../../remediations/approvals/record.ts';
import type { BundleRecord } from '../../store/bundles.ts';
import { stateOf } from './request.ts';
import { shorten } from './text.ts';
import { result, standing, subject } from './wording.ts';

/** What an issue is made of. */
export interface IssueFacts {
  readonly target: string;
  readonly report: Report | null;
  /** Every fix that was asked for in the thread, oldest first. */
  readonly fixes: readonly RequestRecord[];
  /** Address of the thread in Slack. */
  readonly link: string | null;
  /** The newest support bundle of the thread; null where there is none. */
  readonly bundle: BundleRecord | null;
}

/** Title, and the body in pieces that each fit into one input of a modal. */
export interface IssueText {
  readonly title: string;
  readonly body: readonly string[];
}

/** Slack takes 3,000 characters an input. */
const LONGEST_PIECE = 2_900;
const MOST_PIECES = 6;
const LONGEST_LINE = 400;
const BUNDLE_HEADING = 'Support bundle (in the thread; the archive is not attached)';
const MOST = { causes: 5, evidence: 6, ruledOut: 12, notSeen: 8, moments: 15, fixes: 15, bundle: 40 } as const;

/**
 * The report as Markdown. Without `details` it holds nothing but what the bot's own catalogue says, and times: no name of a target, host,
 * pod or person, no value that was seen, no address.
 */
export function issueText(facts: IssueFacts, { details }: { readonly details: boolean }): IssueText {
  const lines = [
    ...opening(facts, details),
    ...causes(facts.report, details),
    ...looked(facts.report, details),
    ...moments(facts.report, details),
  ];
  const rest = [...fixes(facts.fixes, details), ...(details ? links(facts) : []), ...bundle(facts.bundle, details)];
  return { title: titleOf(facts, details), body: pieces([...lines, ...rest]) };
}

function titleOf({ report, target }: IssueFacts, details: boolean): string {
  if (report === null) return details ? `Incident on ${target}` : 'Incident';
  const first = report.diagnoses[0]?.title ?? (details ? result(report) : report.outcome);
  const name = details ? subject(report) : subject({ topic: report.topic, target: '' }).replace(/ of $/, '');
  return uncalled(shorten(`${name}: ${first} (${standing(report)})`, 240));
}

function opening({ report }: IssueFacts, details: boolean): string[] {
  if (report === null) return ['Nothing was diagnosed in this thread yet.'];
  const when = `Diagnosed ${time(report.finishedAt)}${details ? ` on target ${plain(report.target)}` : ''}: ${standing(report)}.`;
  return details ? [`**${plain(result(report))}**`, '', when, `Next step: ${plain(report.nextStep)}`] : [when];
}

function causes(report: Report | null, details: boolean): string[] {
  const found = report?.diagnoses ?? [];
  if (found.length === 0) return [];
  const told = found
    .slice(0, MOST.causes)
    .flatMap(({ title, cause, certainty, role, summary, evidence }) => [
      '',
      `### ${plain(title)}`,
      `\`${cause}\`, ${certainty}${role === 'root' ? '' : ', a consequence of another cause'}`,
      ...(details
        ? [plain(summary), ...evidence.slice(0, MOST.evidence).map((line) => `- ${plain(line.text)} (\`${line.check}\`)`)]
        : [...new Set(evidence.map(({ check }) => check))].map((check) => `- seen by \`${check}\``)),
    ]);
  return ['', '## Causes', ...told, ...more(found.length, MOST.causes)];
}

function looked(report: Report | null, details: boolean): string[] {
  if (report === null) return [];
  const { ruledOut, notSeen } = report;
  return [
    ...under('Ruled out', ruledOut, MOST.ruledOut, ({ title, because }) => (details ? `${title}: ${because}` : title)),
    ...under('Could not be looked at', notSeen, MOST.notSeen, ({ source, message, reason }) =>
      details ? `${source}: ${message}` : `${reason}`,
    ),
  ];
}

function moments(report: Report | null, details: boolean): string[] {
  if (report === null || !details) return [];
  return under('In order of time', report.timeline, MOST.moments, ({ at, what }) => `${time(at)}: ${what}`);
}

function fixes(records: readonly RequestRecord[], details: boolean): string[] {
  return under('Fixes', records, MOST.fixes, (record) => {
    const name = `${time(record.createdAt)}: ${record.undoes === null ? '' : 'Undo: '}${record.title} (${record.remediation}), ${stateOf(record).toLowerCase()}`;
    if (!details) return name;
    const said = [record.plan?.summary, record.outcome].filter((text) => text !== undefined && text !== null && text !== '');
    return said.length === 0 ? name : `${name}. ${said.join(' ')}`;
  });
}

function links({ report, link }: IssueFacts): string[] {
  const all = [...(link === null ? [] : [{ title: 'The thread in Slack', url: link }]), ...(report?.links ?? [])];
  if (all.length === 0) return [];
  return ['', '## Links', ...all.map(({ title, url }) => `- [${plain(title).replaceAll(/[[\]]/g, '')}](${url.replaceAll(')', '%29')})`)];
}

/** Whether there is an archive in the thread that an issue can speak of. */
export const isShared = (record: BundleRecord | null): record is BundleRecord => record?.state === 'done' && record.summary !== null;

/** What is in the archive, and what was taken out of it: never the archive itself. Without `details` only which archive it is. */
function bundle(record: BundleRecord | null, details: boolean): string[] {
  if (record?.state !== 'done' || record.summary === null) return [];
  const { fileName, sizeBytes, sha256, summary } = record;
  if (!details) return under(BUNDLE_HEADING, [`${summary.files} files, ${sizeBytes} bytes, SHA-256 \`${sha256}\``], 1, (line) => line);
  const { files, unpackedBytes, contents, cutCount, missing, missingCount, redacted } = summary;
  const lines = [
    `\`${fileName}\`, ${sizeBytes} bytes, SHA-256 \`${sha256}\``,
    `${files} files, ${unpackedBytes} bytes unpacked, ${cutCount} of them cut, from ${time(summary.from)} to ${time(summary.to)}`,
    ...contents.map((part) => `${part.title}: ${part.files === 1 ? '1 file' : `${part.files} files`}`),
    ...redacted.map(({ kind, times, different }) => `taken out: ${kind}, ${times} times (${different} different)`),
    ...missing.map(({ what, reason }) => `not collected: ${what} (${reason})`),
    ...(missingCount > missing.length ? [`and ${missingCount - missing.length} more that could not be collected`] : []),
  ];
  return under(BUNDLE_HEADING, lines, MOST.bundle, (line) => line);
}

function under<Item>(heading: string, items: readonly Item[], most: number, line: (item: Item) => string): string[] {
  if (items.length === 0) return [];
  return ['', `## ${heading}`, ...items.slice(0, most).map((item) => `- ${plain(line(item))}`), ...more(items.length, most)];
}

const more = (count: number, most: number): string[] => (count > most ? [`- and ${count - most} more`] : []);

const time = (iso: string): string => `${iso.slice(0, 19).replace('T', ' ')} UTC`;

/** One line that GitHub shows as it is: no HTML, and nobody who is called by an "@". */
function plain(text: string): string {
  const line = shorten(text.replaceAll(/\s+/g, ' ').trim(), LONGEST_LINE);
  return uncalled(line.replaceAll('&', '&amp;').replaceAll('<', '&lt;'));
}

/** With a space that nobody sees behind each "@". */
function uncalled(text: string): string {
  return text.replaceAll(/@(?=\w)/g, '@\u200b');
}

function pieces(lines: readonly string[]): string[] {
  const made: string[] = [];
  for (const line of lines.map((text) => shorten(text, LONGEST_PIECE))) {
    const last = made.at(-1);
    if (last !== undefined && last.length + line.length + 1 <= LONGEST_PIECE) made[made.length - 1] = `${last}\n${line}`;
    else made.push(line);
  }
  if (made.length <= MOST_PIECES) return made;
  return [...made.slice(0, MOST_PIECES - 1), '\n_The rest is left out: the thread has it._'];
}
