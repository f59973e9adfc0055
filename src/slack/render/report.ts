import type { ActionsBlock, KnownBlock } from '@slack/types';
import type { Diagnosis, Report } from '../../diagnostics/report.ts';
import { ACTION, button, evidenceValue, offerValue } from './actions.ts';
import { capped, context, header, list, packMessages, section, smallList } from './blocks.ts';
import { helpActions } from './help-actions.ts';
import { tableBlocks } from './table.ts';
import { duration, escapeShort, escapeUrl, shorten, slackTime } from './text.ts';
import { CERTAINTY, offerNames, remedyName, result, rootsOf, standing, subject } from './wording.ts';

/** One message of a report. */
export interface RenderedMessage {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

const MOST = {
  roots: 3,
  evidence: 8,
  present: 8,
  ruledOut: 6,
  notSeen: 10,
  undecided: 4,
  changes: 10,
  advice: 5,
  offers: 4,
  steps: 14,
  moments: 10,
  links: 6,
} as const;
const EVERYTHING = ' (button “Everything I looked at”)';

/** A report as messages for the thread, in the order in which a tired person needs it. */
export function renderReport(runId: string, report: Report): readonly RenderedMessage[] {
  const groups = report.outcome === 'shown' ? shownGroups(runId, report) : diagnosedGroups(runId, report);
  const messages = packMessages(groups.filter((group) => group.length > 0));
  return messages.map((blocks, index) => ({ blocks, text: fallback(report, index, messages.length) }));
}

function shownGroups(runId: string, report: Report): KnownBlock[][] {
  return [opening(report), ...report.tables.map(tableBlocks), notSeen(report), shownActions(runId), closing(report)];
}

function diagnosedGroups(runId: string, report: Report): KnownBlock[][] {
  const roots = rootsOf(report);
  return [
    opening(report),
    list(
      '*Since the last run*',
      capped(report.changes, MOST.changes, (change) => escapeShort(change, 300), ''),
    ),
    ...roots.slice(0, MOST.roots).map(({ diagnosis, index }, position) => diagnosisBlocks(runId, diagnosis, index, position)),
    sinceHealthy(report),
    alsoPresent(report),
    flow(report),
    ruledOut(report),
    notSeen(report),
    undecided(report),
    links(report),
    nextStep(runId, report),
    closing(report),
  ];
}

/** "Latency of production: SEV-2"; what was only shown has no standing. */
function named(report: Report): string {
  return report.outcome === 'shown' ? subject(report) : `${subject(report)}: ${standing(report)}`;
}

function fallback(report: Report, index: number, count: number): string {
  const name = named(report);
  if (index > 0) return escapeShort(`${name}. Report, part ${index + 1} of ${count}.`, 4_000);
  const offers = rootsOf(report).reduce((sum, { diagnosis }) => sum + diagnosis.remediations.length, 0);
  const actions = offers === 0 ? '' : ` ${offers === 1 ? '1 fix is' : `${offers} fixes are`} offered.`;
  return escapeShort(`${name}. ${result(report)} Next step: ${nextStepText(report)}${actions}`, 4_000);
}

function opening(report: Report): KnownBlock[] {
  return [header(named(report)), section(`*${escapeShort(result(report), 600)}*`)];
}

function diagnosisBlocks(runId: string, diagnosis: Diagnosis, index: number, position: number): KnownBlock[] {
  const heading = position === 0 ? 'What is wrong' : 'Also wrong';
  const title = escapeShort(diagnosis.title, 200);
  const evidence = button('Evidence', {
    id: ACTION.evidence,
    value: evidenceValue({ runId, diagnosis: index }),
    label: `Evidence for: ${diagnosis.title}`,
  });
  const text = `*${heading}: ${title}*\n${escapeShort(diagnosis.summary, 800)}\n_${CERTAINTY[diagnosis.certainty]}_ \`${escapeShort(diagnosis.cause, 80)}\``;
  return [
    { ...section(text), accessory: evidence },
    ...list(
      '*How I know*',
      capped(diagnosis.evidence, MOST.evidence, (line) => escapeShort(line.text, 350), ' (button “Evidence”)'),
    ),
    ...list(
      '*What you can do*',
      capped(diagnosis.advice, MOST.advice, (advice) => escapeShort(advice, 500), ''),
    ),
  ];
}

function alsoPresent(report: Report): KnownBlock[] {
  const titles = new Map(report.diagnoses.map(({ cause, title }) => [cause, title]));
  const consequences = report.diagnoses
    .filter(({ role }) => role === 'consequence')
    .map(({ title, explainedBy, summary }) => ({
      what: `${title}: ${summary}`,
      because: explainedBy === null ? undefined : (titles.get(explainedBy) ?? explainedBy),
    }));
  const told = new Set(report.diagnoses.flatMap(({ evidence }) => evidence.map(({ check }) => check)));
  const symptoms = report.checks
    .filter(({ id, verdict }) => (verdict === 'fail' || verdict === 'warn') && !told.has(id))
    .map(({ id, title, summary }) => ({
      what: `${title}: ${summary}`,
      because: report.diagnoses.find(({ explains }) => explains.includes(id))?.title,
    }));
  const groups = Map.groupBy([...consequences, ...symptoms], ({ because }) => because);
  return [...groups].flatMap(([because, present]) =>
    list(
      because === undefined
        ? '*What else is there, not explained by a cause that I know*'
        : `*What else is there, explained by: ${escapeShort(because, 120)}*`,
      capped(present, MOST.present, ({ what }) => escapeShort(what, 220), EVERYTHING),
    ),
  );
}

/** In small print: it is there for those who doubt, and must not stand before the next step. */
function ruledOut(report: Report): KnownBlock[] {
  const line = ({ title, because }: Report['ruledOut'][number]) => `${escapeShort(title, 100)}: ${escapeShort(because, 140)}`;
  return smallList('*Ruled out*', capped(report.ruledOut, MOST.ruledOut, line, EVERYTHING));
}

function notSeen(report: Report): KnownBlock[] {
  return list(
    '*What I could not look at*',
    capped(
      report.notSeen,
      MOST.notSeen,
      ({ source, message, mend }) =>
        `\`${escapeShort(source, 80)}\`: ${escapeShort(message, 240)}${mend === '' ? '' : ` _To mend it:_ ${escapeShort(mend, 240)}`}`,
      EVERYTHING,
    ),
  );
}

/** In small print where a cause was found. Many are told by what they lack, which is what a person can mend. */
function undecided(report: Report): KnownBlock[] {
  const lines =
    report.undecided.length <= MOST.undecided
      ? report.undecided.map(({ title, because }) => `${escapeShort(title, 100)}: ${escapeShort(because, 180)}`)
      : capped(undecidedGroups(report), MOST.undecided, (line) => line, EVERYTHING);
  return (report.outcome === 'cause-found' ? smallList : list)('*What I could not decide*', lines);
}

const NAMED = 2;

/** "12 causes, for want of “Locks”, such as “A” and “B”", those that lack the same as one. */
function undecidedGroups(report: Report): string[] {
  const titles = new Map(report.checks.map(({ id, title }) => [id, title]));
  const quoted = (texts: readonly string[]) =>
    texts
      .slice(0, NAMED)
      .map((text) => `“${escapeShort(text, 100)}”`)
      .join(', ');
  const groups = Map.groupBy(report.undecided, ({ checks }) => quoted(checks.map((id) => titles.get(id) ?? id).sort()));
  return [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([lacking, causes]) => {
      const count = causes.length === 1 ? '1 cause' : `${causes.length} causes`;
      const want = lacking === '' ? '' : ` for want of ${lacking}`;
      return `${count}${want}: ${quoted(causes.map(({ title }) => title))}${causes.length > NAMED ? ` and ${causes.length - NAMED} more` : ''}`;
    });
}

/** The fixes that have a button, with the words on it. */
function offersOf(report: Report) {
  const offers = rootsOf(report)
    .flatMap(({ diagnosis, index }) => diagnosis.remediations.map((remedy, offer) => ({ remedy, index, offer, diagnosis })))
    .slice(0, MOST.offers);
  const names = offerNames(offers.map(({ remedy }) => remedy));
  return offers.map((one, position) => ({ ...one, name: names[position] ?? remedyName(one.remedy.id) }));
}

function nextStep(runId: string, report: Report): KnownBlock[] {
  const offers = offersOf(report);
  const buttons = offers.map(({ name, index, offer, diagnosis }, position) =>
    button(name, {
      id: `${ACTION.propose}:${position}`,
      value: offerValue({ runId, diagnosis: index, offer }),
      label: `${name} for: ${diagnosis.title}`,
      ...(position === 0 ? { style: 'primary' as const } : {}),
    }),
  );
  const others =
    report.outcome === 'healthy' || report.outcome === 'explained'
      ? []
      : [button(offers.length > 0 ? 'Other fixes…' : 'Fixes…', { id: ACTION.otherFixes, value: runId })];
  const everything = button('Everything I looked at', { id: ACTION.evidence, value: evidenceValue({ runId, diagnosis: 'all' }) });
  const again = button('Run again', { id: ACTION.again, value: runId });
  const actions: ActionsBlock = { type: 'actions', elements: [...buttons, ...others, everything, again] };
  const reasons = offers
    .slice(1)
    .map(({ name, remedy }) => `${escapeShort(name.replace(/…$/, ''), 80)}: ${escapeShort(remedy.reason, 300)}`);
  return [
    { type: 'divider' },
    section(`*Next step*\n${escapeShort(nextStepText(report), 800)}`),
    ...list('*Also possible*', reasons),
    actions,
    helpActions(runId),
  ];
}

/** Where a fix is offered, its button is the next step; else what the report says. */
function nextStepText(report: Report): string {
  const [offer] = offersOf(report);
  return offer === undefined ? report.nextStep : `Press “${offer.name}”: ${offer.remedy.reason}`;
}

/** How the thread goes on where nothing was judged. */
function shownActions(runId: string): KnownBlock[] {
  return [{ type: 'actions', elements: [button('Run again', { id: ACTION.again, value: runId })] }, helpActions(runId)];
}

const ANSWERS: Readonly<Record<Report['flow'][number]['answer'], string>> = {
  well: 'fine',
  trouble: '*trouble*',
  'could not look': '*could not look*',
};

/** The flowchart's questions in small print, with what each answer rests on where the section was gone into: how the cause was come by. */
function flow(report: Report): KnownBlock[] {
  const line = ({ question, answer, because, entered }: Report['flow'][number]) =>
    `${escapeShort(question, 120)} ${ANSWERS[answer]}${entered ? `: ${escapeShort(because, 160)}` : ''}`;
  return smallList('*The flowchart*', capped(report.flow, MOST.steps, line, ''));
}

/** What is different since the service was last seen healthy, and when what happened. */
function sinceHealthy({ sinceHealthy: healthy, timeline }: Report): KnownBlock[] {
  const changes =
    healthy === null
      ? []
      : list(
          `*What changed since it was last healthy* (${slackTime(new Date(healthy.at))})`,
          healthy.changes.length === 0
            ? ['Nothing that I keep track of.']
            : capped(healthy.changes, MOST.changes, (change) => escapeShort(change, 300), ''),
        );
  const moments = capped(timeline, MOST.moments, ({ at, what }) => `${slackTime(new Date(at))}: ${escapeShort(what, 240)}`, '');
  return [...changes, ...smallList('*In order of time*', moments)];
}

function links(report: Report): KnownBlock[] {
  const line = ({ title, url }: Report['links'][number]) => `<${escapeUrl(url)}|${escapeShort(title, 100)}>`;
  return smallList('*Read on*', capped(report.links, MOST.links, line, ''));
}

function closing(report: Report): KnownBlock[] {
  const looked = report.outcome === 'shown' ? 'looked for' : `${report.checks.length} checks in`;
  const parts = [`${looked} ${duration(report.durationMs)}`, `finished ${slackTime(new Date(report.finishedAt))}`];
  const pending = 'A second reading of the database’s statements is on its way; I will edit this report when it is there.';
  return [
    ...(report.secondReading === 'pending' ? [section(`_${pending}_`)] : []),
    context(shorten(`${parts.join(', ')}. Target: ${escapeShort(report.target, 80)}.`, 500)),
  ];
}
