import type { CheckReport, Diagnosis, NotSeen, Report } from './report.ts';
import { count, some } from './rules/phrases.ts';
import type { Topic } from './types.ts';

/** What the headline and the next step are made of. */
export interface Said {
  readonly topic: Topic;
  readonly outcome: Report['outcome'];
  readonly severity: Report['severity'];
  readonly diagnoses: readonly Diagnosis[];
  readonly undecided: readonly { readonly checks: readonly string[] }[];
  readonly notSeen: readonly NotSeen[];
  readonly checks: readonly CheckReport[];
  readonly secondReading: Report['secondReading'];
  readonly deployment: string;
}

/** The result in one line. */
export function headlineOf(said: Said): string {
  const severity = said.severity === null ? '' : `${said.severity}: `;
  return `${severity}${statement(said)}`;
}

/** The topic's own symptoms are well: what is wrong belongs to another one. */
function elsewhere({ topic, checks }: Said): boolean {
  return checks.every(({ id, verdict }) => !topic.symptoms.includes(id) || verdict === 'ok' || verdict === 'not-applicable');
}

function statement(said: Said): string {
  const { topic, outcome, diagnoses, checks } = said;
  const symptoms = checks.filter(({ id, verdict }) => topic.symptoms.includes(id) && (verdict === 'fail' || verdict === 'warn'));
  const bad = told(worst(symptoms) ?? checks.find(({ verdict }) => verdict === 'fail'));
  switch (outcome) {
    case 'no-cause-found':
      return elsewhere(said)
        ? `${topic.title}: nothing is wrong here, but something else is.${bad}`
        : `Something is wrong, but no known cause fits.${bad}`;
    case 'cause-found': {
      const open = unexplained(said, symptoms);
      const seen = worst(symptoms.filter((one) => !open.includes(one)));
      const [text, rest] = [open.length === 0 ? bad : told(seen), told(worst(open))];
      return `${rootsOf(said)}.${text}${rest === '' ? '' : ` Not explained by that:${rest}`}`;
    }
    case 'could-not-look':
      return `No cause was found, but not everything could be looked at (${unseen(said)}).${bad}`;
    case 'shown':
      return topic.title;
    case 'explained':
      return `${diagnoses[0]?.title ?? 'What looks odd is explained'}: nothing is wrong.`;
    case 'healthy':
      return `${topic.title}: nothing is wrong.${checks.filter(({ id }) => id === topic.symptoms[0]).map(({ summary }) => ` ${summary}`)[0] ?? ''}`;
  }
}

function rootsOf({ diagnoses }: Said): string {
  const [first, ...others] = diagnoses.filter(({ role }) => role === 'root');
  return first === undefined ? 'A cause was found' : `${named(first)}${besides(others)}`;
}

const named = ({ title, certainty }: Diagnosis) => `${title} (${certainty})`;

/** One other cause is named: whoever reads no further must not miss it. */
function besides([second, ...more]: readonly Diagnosis[]): string {
  if (second === undefined) return '';
  return more.length === 0 ? `, and besides: ${named(second)}` : `, and ${count(more.length + 1, 'other cause')}`;
}

/** What is wrong, and nothing that was concluded accounts for: there may be more to it. */
function unexplained({ diagnoses }: Said, symptoms: readonly CheckReport[]): readonly CheckReport[] {
  const explained = new Set(diagnoses.flatMap(({ certainty, explains }) => (certainty === 'possible' ? [] : explains)));
  return symptoms.filter(({ id }) => !explained.has(id));
}

const worst = (symptoms: readonly CheckReport[]) => symptoms.find(({ verdict }) => verdict === 'fail') ?? symptoms[0];

const told = (check: CheckReport | undefined) => (check === undefined ? '' : ` ${check.summary}`);

/** How much is open: causes that nobody knows of, or else what could not look. */
function unseen({ undecided, checks }: Said): string {
  if (undecided.length > 0) return `${count(undecided.length, 'cause')} undecided`;
  return some(checks.flatMap(({ id, verdict }) => (verdict === 'unknown' ? [id] : [])));
}

/** What a person should do now, in one sentence. */
export function nextStepOf(said: Said): string {
  const { outcome, topic } = said;
  if (topic.flowchart === true || (outcome !== 'no-cause-found' && outcome !== 'could-not-look')) return ownStep(said);
  if (outcome === 'no-cause-found' && elsewhere(said)) return 'Ask about everything: /hotswap diagnose.';
  return `${ownStep(said)} Or ask about everything: /hotswap diagnose.`;
}

function ownStep({ outcome, diagnoses, undecided, notSeen, checks, secondReading }: Said): string {
  if (secondReading === 'pending' && diagnoses.length === 0)
    return 'Wait a few seconds: the statements are read a second time, and the report is then amended.';
  const root = diagnoses.find(({ role, benign }) => role === 'root' && !benign);
  const offer = root?.remediations[0];
  if (offer !== undefined) return `Propose ${offer.id}: ${offer.reason}`;
  const advice = root?.advice[0];
  if (advice !== undefined) return advice;
  if (outcome === 'explained') return diagnoses[0]?.advice[0] ?? 'Nothing needs to be done.';
  if (outcome === 'healthy') return 'Nothing needs to be done.';
  const blind = worstGap(notSeen, undecided, checks);
  if (outcome === 'could-not-look' && blind !== undefined) return `Let the bot look at ${some(blind.source.split(', '))}: ${blind.mend}`;
  const bad = checks.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn').map(({ id }) => id);
  if (outcome === 'could-not-look' && bad.length > 0) return `Look at the evidence of ${some(bad)}, which is what was seen to be wrong.`;
  if (outcome === 'could-not-look')
    return `Run again when there is traffic, or look yourself at ${some([...new Set(undecided.flatMap((one) => one.checks))]) || 'the symptoms'}.`;
  return `Look at the evidence of ${some(bad)}, and run again in a minute: a cause that is just beginning may show by then.`;
}

/** The gap that leaves the most causes undecided. */
function worstGap(notSeen: Said['notSeen'], undecided: Said['undecided'], checks: Said['checks']): NotSeen | undefined {
  const weight = ({ message }: NotSeen) => {
    const blinded = checks.filter(({ summary }) => summary.includes(message)).map(({ id }) => id);
    return undecided.filter((one) => one.checks.some((id) => blinded.includes(id))).length;
  };
  return [...notSeen].sort((a, b) => weight(b) - weight(a))[0];
}
