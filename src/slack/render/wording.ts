import type { Question } from '../../diagnostics/question.ts';
import type { Certainty, Diagnosis, RemediationOffer, Report } from '../../diagnostics/report.ts';
import { shorten } from './text.ts';

/** What a run looks at. A thread names its topic and target alone. */
interface Subject {
  readonly topic: string;
  readonly target: string;
  readonly question?: Question;
}

/** Topics whose ids are no words for people. */
const TOPIC_NAMES: Readonly<Record<string, string>> = { auto: 'All', api: 'API', websocket: 'WebSocket', postgres: 'PostgreSQL' };

/** "Latency of production". */
export function subject({ topic, target }: Subject): string {
  const name = topic.replace(/^show\./, '');
  return `${TOPIC_NAMES[topic] ?? `${name.charAt(0).toUpperCase()}${name.slice(1)}`} of ${target}`;
}

/** What to type where Slack, the queue or every worker is down. */
export function terminalCommand({ topic, target, question = {} }: Subject): string {
  const added = [
    ...(question.executionId === undefined ? [] : ['--execution', question.executionId]),
    ...(question.pod === undefined ? [] : ['--pod', question.pod]),
    ...(question.contains === undefined ? [] : ['--contains', `'${question.contains.replaceAll("'", '')}'`]),
    ...(question.sinceSeconds === undefined ? [] : ['--since', `${question.sinceSeconds}s`]),
  ];
  const verb = topic.startsWith('show.') ? 'show' : 'diagnose';
  return ['npx hotswap', verb, topic.replace(/^show\./, ''), target, ...added].join(' ');
}

export const CERTAINTY: Readonly<Record<Certainty, string>> = {
  confirmed: 'Confirmed: I saw the mechanism itself.',
  likely: 'Likely: everything needed is there, some of it seen indirectly.',
  possible: 'Possible: I saw only its signature.',
};

/** What a check found, in words. */
export const VERDICT: Readonly<Record<Report['checks'][number]['verdict'], string>> = {
  ok: 'fine',
  warn: 'not good',
  fail: 'bad',
  unknown: 'could not look',
  'not-applicable': 'nothing of the kind here',
};

const OUTCOME: Readonly<Record<Report['outcome'], string>> = {
  'cause-found': 'cause found',
  'no-cause-found': 'no cause found',
  healthy: 'healthy',
  explained: 'explained, no fault',
  shown: 'shown',
  'could-not-look': 'could not look',
};

/** Severity where there is one, else the outcome. */
export function standing(report: Report): string {
  return report.severity ?? OUTCOME[report.outcome];
}

/** The result in one line, without the severity that the report says elsewhere. */
export function result({ headline, severity }: Report): string {
  const prefix = `${severity}: `;
  return headline.startsWith(prefix) ? headline.slice(prefix.length) : headline;
}

const REMEDY_NAMES: Readonly<Record<string, string>> = {
  'fix.k8s.crash_dumps': 'Write crash dumps…',
  'fix.k8s.create_servicemonitor': 'Have it scraped…',
  'fix.k8s.evict_pod': 'Replace this pod…',
  'fix.k8s.rollback': 'Roll back…',
  'fix.vault.create_secret': 'Write a new signing key…',
  'fix.vault.undelete': 'Bring the signing key back…',
  'fix.k8s.raise_memory': 'Raise the memory limit…',
  'fix.k8s.set_env': 'Set the variable…',
  'fix.k8s.set_pool_size': 'Change the pool size…',
  'fix.k8s.restart': 'Restart the pods…',
  'fix.k8s.scale': 'Change the number of replicas…',
  'fix.k8s.hpa_bounds': 'Change the autoscaler’s bounds…',
  'fix.pg.terminate_idle_tx': 'End the idle session…',
  'fix.pg.create_index': 'Create the index…',
  'fix.pg.cancel_query': 'Cancel the statement…',
  'fix.pg.drop_invalid_index': 'Remove the invalid index…',
  'fix.pg.analyze': 'Analyse the table…',
  'fix.job.fail': 'End the job for good…',
  'fix.job.requeue': 'Run the job again…',
  'fix.approval.expire': 'Expire the approvals…',
};

/** What the button of a remediation says; the dots mean that a form comes first. */
export function remedyName(id: string): string {
  return REMEDY_NAMES[id] ?? `Plan ${id}…`;
}

/** What the buttons of a report's offers say: those of one kind name what each is about. */
export function offerNames(offers: readonly Pick<RemediationOffer, 'id' | 'params'>[]): string[] {
  return offers.map(({ id, params }) => {
    const alike = offers.filter((other) => other.id === id);
    const differs = (name: string) => alike.some((other) => other.params[name] !== params[name]);
    const [what] = Object.keys(params).flatMap((name) => (differs(name) && typeof params[name] !== 'object' ? [String(params[name])] : []));
    return what === undefined ? remedyName(id) : named(remedyName(id), what);
  });
}

/** Slack's limit of a button's words. */
const WORDS = 75;

function named(name: string, what: string): string {
  const words = name.replace(/…$/, '');
  return `${words}: ${shorten(what, WORDS - words.length - 3)}…`;
}

/** The concluded causes that nothing else explains, best supported first. */
export function rootsOf(report: Report): readonly { readonly diagnosis: Diagnosis; readonly index: number }[] {
  return report.diagnoses.map((diagnosis, index) => ({ diagnosis, index })).filter(({ diagnosis }) => diagnosis.role === 'root');
}
