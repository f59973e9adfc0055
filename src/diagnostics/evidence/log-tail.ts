import pLimit from 'p-limit';
import { ReadError } from '../../clients/read-errors.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { type LogGap, logGap } from './log-gap.ts';
import { type Pod, podsInQuestion } from './pods.ts';

const SINCE_SECONDS = 900;
const MOST_LOGS = 20;
const AT_ONCE = 5;
/** Newest lines of each log: enough to see what goes on, and more where they are searched. */
const TAIL_LINES = 60;
const SEARCHED_LINES = 2_000;
const LIMIT_BYTES = 512 * 1024;

interface LogTail {
  readonly pod: string;
  readonly container: string;
  /** Its newest lines, the oldest first, each with the time that Kubernetes wrote. Whole lines, in one piece: so secrets of several lines are found. */
  readonly text: string;
}

interface LogTails {
  readonly sinceSeconds: number;
  /** At most so many lines of each. */
  readonly lines: number;
  readonly tails: readonly LogTail[];
}

/** The newest lines of each running container, as they are. */
export const logTail = defineSource<LogTails>({
  id: 'k8s.log_tail',
  title: 'Newest lines of the logs',
  permission: 'Role rule {apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}',
  asked: (target) =>
    kubectl(
      target,
      `logs deployment/${target.kubernetes.deployment} --all-pods --all-containers --since=${SINCE_SECONDS}s --tail=${TAIL_LINES} --timestamps`,
    ),
  async collect(context) {
    const { question } = context;
    const { data: wanted } = await podsInQuestion(context);
    const sinceSeconds = question.sinceSeconds ?? SINCE_SECONDS;
    const lines = question.contains === undefined ? TAIL_LINES : SEARCHED_LINES;
    const logs = wanted.flatMap(logsOf);
    const chosen = logs.slice(0, MOST_LOGS);
    const limit = pLimit(AT_ONCE);
    const readings = await Promise.all(chosen.map((log) => limit(() => read(context, log, { sinceSeconds, lines }))));
    const tails = readings.flatMap(({ tail }) => tail ?? []);
    const gap = readings.find((reading) => reading.gap !== null)?.gap ?? tooMany(chosen.length, logs.length);
    if (tails.length === 0 && gap !== null) throw new ReadError(gap.reason, gap.message, gap.mend === '' ? {} : { mend: gap.mend });
    const data = { sinceSeconds, lines, tails };
    const asked = kubectl(
      context.target,
      ...chosen.map(({ pod, container }) => `logs ${pod} --container ${container} --since=${sinceSeconds}s --tail=${lines} --timestamps`),
    );
    return gap === null ? { data, complete: true, asked } : { data, complete: false, gap, asked };
  },
});

interface LogOf {
  readonly pod: string;
  readonly container: string;
}

const logsOf = ({ name, containers }: Pod): LogOf[] =>
  containers
    .filter(({ running, terminated }) => running || terminated !== null)
    .map((container) => ({ pod: name, container: container.name }));

function tooMany(read: number, all: number): LogGap | null {
  if (read === all) return null;
  return { reason: 'invalid-response', message: `The newest lines of ${read} of ${all} logs were read.`, mend: 'Name a pod.' };
}

async function read(
  { target, clients, signal }: SourceContext,
  log: LogOf,
  { sinceSeconds, lines }: { readonly sinceSeconds: number; readonly lines: number },
): Promise<{ readonly tail: LogTail | null; readonly gap: LogGap | null }> {
  const request = {
    ...log,
    namespace: target.kubernetes.namespace,
    previous: false,
    tailLines: lines,
    limitBytes: LIMIT_BYTES,
    sinceSeconds,
  };
  try {
    const text = await clients.kubernetes.podLog(request, signal);
    const cut = Buffer.byteLength(text) >= LIMIT_BYTES;
    const message = `The log of ${log.pod} was cut at ${LIMIT_BYTES / 1024} KiB: its newest lines were not read.`;
    const gap: LogGap | null = cut ? { reason: 'invalid-response', message, mend: 'Ask for a shorter time with --since.' } : null;
    return { tail: { ...log, text: wholeSecrets(cut ? text.slice(0, text.lastIndexOf('\n') + 1) : text) }, gap };
  } catch (error) {
    const gap = logGap(log.pod, error);
    return { tail: null, gap: gap.reason === 'not-found' ? null : gap }; // it has just gone
  }
}

const END_OF_KEY = /-----END [A-Z0-9 ]+-----/;

/** Without the rest of a key whose beginning is not among the lines: nobody could know it for one. */
function wholeSecrets(text: string): string {
  const end = END_OF_KEY.exec(text);
  if (end === null || text.lastIndexOf('-----BEGIN ', end.index) !== -1) return text;
  return text.slice(end.index + end[0].length);
}
