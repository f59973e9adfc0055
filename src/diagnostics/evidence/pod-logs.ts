import pLimit from 'p-limit';
import { ReadError } from '../../clients/read-errors.ts';
import { type LogMessage, parseLog } from '../rules/log-lines.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource, type Gap, type SourceContext } from '../types.ts';
import { type Pod, pods } from './pods.ts';

const SINCE_SECONDS = 900;
const LIMIT_BYTES = 512 * 1024;
/** Pods whose logs are read: those in trouble first. */
const MOST_PODS = 20;
const AT_ONCE = 5;

type PodMessage = LogMessage & { readonly pod: string };

interface PodLogs {
  readonly sinceSeconds: number;
  readonly podsRead: number;
  readonly messages: readonly PodMessage[];
}

interface Reading {
  readonly pod: string;
  readonly messages: readonly LogMessage[];
  /** Set where the log could not be read, or not wholly. */
  readonly gap: Gap | null;
}

/** The log of each pod and container, the one before a restart as well; bounded in lines, bytes and time. */
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
    const { data: all, complete: allPods } = await context.require(pods);
    const chosen = [...all].sort((a, b) => trouble(b) - trouble(a)).slice(0, MOST_PODS);
    const limit = pLimit(AT_ONCE);
    const requests = chosen.flatMap(logsOf);
    const readings = await Promise.all(requests.map((request) => limit(() => read(context, request))));
    const gaps = readings.flatMap(({ gap }) => gap ?? []);
    if (gaps[0] !== undefined && gaps.length === readings.length) throw new ReadError(reasonOf(gaps[0]), gaps[0].message);
    const messages = readings.flatMap(({ pod, messages: own }) => own.map((message) => ({ ...message, pod })));
    const data: PodLogs = { sinceSeconds: SINCE_SECONDS, podsRead: chosen.length, messages };
    const gap =
      gaps[0] ??
      (allPods && chosen.length === all.length
        ? undefined
        : { reason: 'invalid-response' as const, message: `The logs of ${chosen.length} of ${all.length} pods were read.`, mend: '' });
    return gap === undefined ? { data, complete: true } : { data, complete: false, gap };
  },
});

interface LogOf {
  readonly pod: string;
  readonly container: string;
  readonly previous: boolean;
}

const trouble = (pod: Pod) => (pod.ready ? 0 : 1) + pod.containers.reduce((sum, { restarts }) => sum + restarts, 0);

function logsOf(pod: Pod): LogOf[] {
  const begun = pod.containers.filter(({ init, running, terminated }) => !init && (running || terminated !== null));
  return begun.flatMap(({ name, restarts }) => {
    const present = { pod: pod.name, container: name, previous: false };
    return restarts > 0 ? [present, { ...present, previous: true }] : [present];
  });
}

async function read({ target, clients, signal }: SourceContext, { pod, container, previous }: LogOf): Promise<Reading> {
  const tailLines = target.application.logTailLines;
  const request = {
    namespace: target.kubernetes.namespace,
    pod,
    container,
    previous,
    tailLines,
    limitBytes: LIMIT_BYTES,
    sinceSeconds: SINCE_SECONDS,
  };
  try {
    const text = await clients.kubernetes.podLog(request, signal);
    const gap =
      text.length >= LIMIT_BYTES
        ? { reason: 'invalid-response' as const, message: `The log of ${pod} was cut at ${LIMIT_BYTES / 1024} KiB.`, mend: '' }
        : null;
    return { pod, messages: parseLog(text), gap };
  } catch (error) {
    if (!(error instanceof ReadError)) throw error;
    const gone = previous || error.reason === 'not-found'; // a rotated log or a pod that has just ended is nothing that is lacking
    if (gone && error.reason !== 'forbidden') return { pod, messages: [], gap: null };
    return {
      pod,
      messages: [],
      gap: { reason: error.reason, message: `The log of ${pod} could not be read: ${error.message}`, mend: error.mend ?? '' },
    };
  }
}

function reasonOf(gap: Gap) {
  return gap.reason === 'crashed' ? 'invalid-response' : gap.reason;
}
