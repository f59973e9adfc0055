import pLimit from 'p-limit';
import { ReadError } from '../../clients/read-errors.ts';
import { LogGrouper } from '../rules/log-grouper.ts';
import type { LogAnalysis } from '../rules/log-groups.ts';
import { seconds } from '../rules/phrases.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource, type Gap, type SourceContext } from '../types.ts';
import { logGap } from './log-gap.ts';
import { type Pod, podsInQuestion } from './pods.ts';

const SINCE_SECONDS = 900;
/** Pods whose logs are read: those in trouble first. */
const MOST_PODS = 20;
const AT_ONCE = 5;

export interface PodLogs extends LogAnalysis {
  readonly sinceSeconds: number;
  readonly podsRead: number;
  /** The revision of each pod that was read, where it is known. */
  readonly revisions: Readonly<Record<string, number>>;
}

/**
 * The log of each pod and container, the one before a restart as well, grouped while they are read. The number of lines
 * and bytes of each is bounded, and says so where it was not enough.
 */
export const podLogs = defineSource<PodLogs>({
  id: 'k8s.logs',
  title: 'Logs of the pods',
  permission: 'Role rule {apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}',
  asked: (target) =>
    kubectl(
      target,
      `logs deployment/${target.kubernetes.deployment} --all-pods --all-containers --since=15m --tail=${target.application.logTailLines} --timestamps`,
    ),
  async collect(context) {
    const { target, question } = context;
    const { data: wanted, complete: allPods } = await podsInQuestion(context);
    const chosen = [...wanted].sort((a, b) => trouble(b) - trouble(a)).slice(0, MOST_PODS);
    const sinceSeconds = question.sinceSeconds ?? SINCE_SECONDS;
    const requests = chosen.flatMap(logsOf);
    const grouper = new LogGrouper();
    const limit = pLimit(AT_ONCE);
    const found = await Promise.all(requests.map((request) => limit(() => read(context, request, sinceSeconds, grouper))));
    const gaps = found.flatMap((gap) => gap ?? []);
    const failed = gaps.filter(({ failed: nothing }) => nothing);
    if (failed[0] !== undefined && failed.length === found.length) throw new ReadError(reasonOf(failed[0].gap), failed[0].gap.message);
    const data: PodLogs = {
      ...grouper.result(),
      sinceSeconds,
      podsRead: chosen.length,
      revisions: Object.fromEntries(chosen.flatMap(({ name, revision }) => (revision === null ? [] : [[name, revision]]))),
    };
    const gap = gaps[0]?.gap ?? (allPods && chosen.length === wanted.length ? undefined : notAllPods(chosen.length, wanted.length));
    const asked = kubectl(target, ...requests.map((request) => command(request, sinceSeconds, target.application.logTailLines)));
    return gap === undefined ? { data, complete: true, asked } : { data, complete: false, gap, asked };
  },
});

interface LogOf {
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

const trouble = (pod: Pod) => (pod.ready ? 0 : 1) + pod.containers.reduce((sum, { restarts }) => sum + restarts, 0);

/** Init containers as well: a pod that hangs in one says why there. One that waits for its next start has but the log of its last run. */
function logsOf(pod: Pod): LogOf[] {
  const begun = pod.containers.filter(({ running, terminated, restarts }) => running || terminated !== null || restarts > 0);
  return begun.flatMap(({ name, restarts, waiting }) => {
    const present = { pod: pod.name, container: name, previous: false };
    if (waiting !== null) return [{ ...present, previous: true }];
    return restarts > 0 ? [present, { ...present, previous: true }] : [present];
  });
}

const command = ({ pod, container, previous }: LogOf, since: number, tail: number) =>
  `logs ${pod} --container ${container}${previous ? ' --previous' : ''} --since=${since}s --tail=${tail} --timestamps`;

const notAllPods = (read: number, all: number): Gap => ({
  reason: 'invalid-response',
  message: `The logs of ${read} of ${all} pods were read.`,
  mend: '',
});

/** `failed`: nothing of it could be read. */
interface Shortfall {
  readonly gap: Gap;
  readonly failed: boolean;
}

async function read(
  { target, clients, signal }: SourceContext,
  origin: LogOf,
  sinceSeconds: number,
  grouper: LogGrouper,
): Promise<Shortfall | null> {
  const { logTailLines: tailLines, logLimitBytes: limitBytes } = target.application;
  const request = { ...origin, namespace: target.kubernetes.namespace, tailLines, limitBytes, sinceSeconds };
  const sink = grouper.open(origin);
  let bytes = 0;
  let lines = 0;
  const take = (chunk: Uint8Array) => {
    bytes += chunk.length;
    lines += newLines(chunk);
    sink.push(chunk);
  };
  try {
    await clients.kubernetes.streamPodLog(request, take, signal);
    return cutGap(origin.pod, { bytes, lines }, { limitBytes, tailLines, sinceSeconds });
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    const gone = origin.previous || error.reason === 'not-found'; // a rotated log or a pod that has just ended is nothing that is lacking
    if (gone && error.reason !== 'forbidden') return null;
    return { failed: bytes === 0, gap: logGap(origin.pod, error, bytes > 0 ? 'read to its end' : 'read') };
  } finally {
    sink.end();
  }
}

const NEW_LINE = 10;

function newLines(chunk: Uint8Array): number {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  let lines = 0;
  for (let at = bytes.indexOf(NEW_LINE); at !== -1; at = bytes.indexOf(NEW_LINE, at + 1)) lines++;
  return lines;
}

/** Kubernetes counts lines from the end and bytes from the beginning: too many lines cost the oldest, too many bytes the newest. */
function cutGap(
  pod: string,
  { bytes, lines }: { readonly bytes: number; readonly lines: number },
  { limitBytes, tailLines, sinceSeconds }: { readonly limitBytes: number; readonly tailLines: number; readonly sinceSeconds: number },
): Shortfall | null {
  const mend = 'Ask for a shorter time, or raise application.logTailLines and application.logLimitBytes of the target.';
  const gap = (message: string): Shortfall => ({ failed: false, gap: { reason: 'invalid-response', message, mend } });
  if (bytes >= limitBytes) return gap(`The log of ${pod} was cut at ${Math.round(limitBytes / 1024)} KiB: its newest lines were not read.`);
  if (lines < tailLines) return null;
  return gap(`Of the log of ${pod} the last ${lines} lines were read, which is less than the last ${seconds(sinceSeconds)}.`);
}

function reasonOf(gap: Gap) {
  return gap.reason === 'crashed' ? 'invalid-response' : gap.reason;
}
