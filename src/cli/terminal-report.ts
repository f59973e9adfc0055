import type { CheckReport, Diagnosis, Report, Table } from '../diagnostics/report.ts';
import { tableLines } from '../slack/render/table.ts';

const WIDTH = 100;

const MARKS = { ok: 'ok', warn: 'WARN', fail: 'FAIL', unknown: 'could not look', 'not-applicable': 'not here' } as const;
const CERTAINTY = {
  confirmed: 'confirmed: the mechanism was seen',
  likely: 'likely: one requirement was seen indirectly',
  possible: 'possible: only a signature was seen',
} as const;

/** The report as a person reads it in a terminal: plain text, at most 100 columns, no colour. */
export function renderTerminalReport(report: Report): string {
  const asked = numberCommands(report);
  const sections = [
    [
      ...wrap(report.headline, ''),
      `${report.topic} of ${report.target}, ${report.finishedAt}, took ${(report.durationMs / 1000).toFixed(1)} s`,
    ].join('\n'),
    list(
      'The flowchart',
      report.flow.map(({ question, answer, because }) => `${question} ${answer}: ${because}`),
    ),
    ...report.tables.map(tableSection),
    ...report.diagnoses.map((diagnosis) => diagnosisSection(diagnosis, asked)),
    list('What changed since the last run', report.changes),
    sinceHealthySection(report),
    list(
      'In order of time',
      report.timeline.map(({ at, what }) => `${at} ${what}`),
    ),
    list('Checks', report.checks.map(checkLine)),
    list(
      'Ruled out',
      report.ruledOut.map(({ cause, because }) => `${cause}: ${because}`),
    ),
    list(
      'Neither concluded nor ruled out',
      report.undecided.map(({ cause, because }) => `${cause}: ${because}`),
    ),
    list(
      'Could not look',
      report.notSeen.map(({ source, reason, message, mend }) => `${source} (${reason}): ${message} ${mend}`),
    ),
    list(
      'Read on',
      report.links.map(({ title, url }) => `${title}: ${url}`),
    ),
    list('Next step', [report.nextStep]),
    askedSection(asked),
  ];
  return `${sections.filter((section) => section !== '').join('\n\n')}\n`;
}

/** What the evidence of the diagnoses rests on, each command once, in the order of its first use. */
function numberCommands({ diagnoses }: Report): ReadonlyMap<string, number> {
  const commands = diagnoses.flatMap(({ evidence }) => evidence.flatMap(({ asked }) => asked.map(({ command }) => command)));
  return new Map([...new Set(commands)].map((command, index) => [command, index + 1]));
}

function askedSection(asked: ReadonlyMap<string, number>): string {
  if (asked.size === 0) return '';
  const lines = [...asked].map(([command, number]) => `  [${number}] ${command.replaceAll('\n', '\n      ')}`);
  return ['What was asked, to paste', ...lines].join('\n');
}

function diagnosisSection(diagnosis: Diagnosis, asked: ReadonlyMap<string, number>): string {
  const role = diagnosis.role === 'root' ? 'Cause' : `Consequence of ${diagnosis.explainedBy ?? 'another cause'}`;
  const lines = [
    ...wrap(`${role}: ${diagnosis.title} [${diagnosis.cause}]`, ''),
    ...wrap(CERTAINTY[diagnosis.certainty], '  '),
    ...wrap(diagnosis.summary, '  '),
    ...diagnosis.evidence.flatMap((line) => [
      ...wrap(`- ${line.text} ${line.asked.map(({ command }) => `[${asked.get(command) ?? '?'}]`).join('')}`, '  ', '    '),
    ]),
    ...diagnosis.remediations.flatMap((offer) => wrap(`Fix: ${offer.id} ${JSON.stringify(offer.params)}: ${offer.reason}`, '  ', '    ')),
    ...diagnosis.advice.flatMap((advice) => wrap(`Advice: ${advice}`, '  ', '    ')),
  ];
  return lines.join('\n');
}

function tableSection(table: Table): string {
  const note = table.note === null ? [] : wrap(table.note, '  ');
  return [table.title, ...tableLines(table).map((line) => `  ${line}`), ...note].join('\n');
}

function sinceHealthySection({ sinceHealthy }: Report): string {
  if (sinceHealthy === null) return '';
  const { at, changes } = sinceHealthy;
  return list(`What changed since it was last healthy (${at})`, changes.length === 0 ? ['Nothing that is kept track of.'] : changes);
}

function checkLine(check: CheckReport): string {
  return `${check.id}: ${MARKS[check.verdict]}. ${check.summary}`;
}

function list(title: string, items: readonly string[]): string {
  return items.length === 0 ? '' : [title, ...items.flatMap((item) => wrap(item, '  ', '    '))].join('\n');
}

function wrap(text: string, indent: string, hanging = indent): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const separator = line.trim() === '' ? '' : ' ';
    if (line.trim() !== '' && line.length + separator.length + word.length > WIDTH) {
      lines.push(line);
      line = hanging + word;
    } else {
      line += separator + word;
    }
  }
  lines.push(line);
  return lines;
}
