import pLimit from 'p-limit';
import { ReadError } from '../../clients/read-errors.ts';
import { type LogMessage, parseLog } from '../rules/log-lines.ts';
import { secondsSince } from '../rules/moments.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource, type SourceContext } from '../types.ts';
import { logGap } from './log-gap.ts';
import { type ContainerState, type Pod, pods } from './pods.ts';

/** Runs that ended longer ago tell of what was. */
const RECENT_SECONDS = 1_800;
const MOST_CONTAINERS = 6;
const TAIL_LINES = 120;
const LIMIT_BYTES = 64 * 1024;
/** A run may have lasted long; its end is what is read. */
const SINCE_SECONDS = 24 * 3_600;
const AT_ONCE = 3;

export interface CrashLog {
  readonly pod: string;
  readonly container: string;
  /** The last messages of the run that ended; empty where it logged none, or where the log is gone. */
  readonly messages: readonly LogMessage[];
}

/** The last words of containers whose run has ended: of pods that are up again as well, whose present log does not have them. */
export const crashLogs = defineSource<readonly CrashLog[]>({
  id: 'k8s.crash_logs',
  title: 'Last words of ended containers',
  permission: 'Role rule {apiGroups: [""], resources: ["pods/log"], verbs: ["get"]}',
  asked: (target) => kubectl(target, `logs deployment/${target.kubernetes.deployment} --previous --tail=${TAIL_LINES}`),
  async collect(context) {
    const { data: all } = await context.require(pods);
    const ended = all.flatMap((pod) => endedContainers(pod, context.now).map((container) => ({ pod, container })));
    const chosen = ended.slice(0, MOST_CONTAINERS);
    const limit = pLimit(AT_ONCE);
    const readings = await Promise.all(chosen.map(({ pod, container }) => limit(() => read(context, pod, container))));
    const gap = readings.find((one) => one.gap !== null)?.gap ?? null;
    if (gap !== null && readings.every((one) => one.gap !== null)) throw new ReadError(gap.reason, gap.message);
    const data = readings.map(({ log }) => log);
    const asked =
      chosen.length === 0 ? undefined : kubectl(context.target, ...chosen.map(({ pod, container }) => logsCommand(pod.name, container)));
    const told = asked === undefined ? {} : { asked };
    return gap === null ? { data, complete: true, ...told } : { data, complete: false, gap, ...told };
  },
});

function endedContainers(pod: Pod, now: Date): ContainerState[] {
  return pod.containers.filter(({ terminated, init, restarts }) => {
    if (terminated === null || (init && terminated.exitCode === 0)) return false;
    const ago = secondsSince(terminated.finishedAt, now);
    return (restarts > 0 || terminated.exitCode !== 0) && ago !== null && ago < RECENT_SECONDS;
  });
}

/** A run that ended is the present one until the container is started again, or waits for that. */
const isPrevious = ({ running, waiting }: ContainerState) => running || waiting !== null;

const logsCommand = (pod: string, container: ContainerState) =>
  `logs ${pod} --container ${container.name}${isPrevious(container) ? ' --previous' : ''} --tail=${TAIL_LINES}`;

async function read({ target, clients, signal }: SourceContext, pod: Pod, container: ContainerState) {
  const of = { pod: pod.name, container: container.name };
  const request = {
    ...of,
    namespace: target.kubernetes.namespace,
    previous: isPrevious(container),
    tailLines: TAIL_LINES,
    limitBytes: LIMIT_BYTES,
    sinceSeconds: SINCE_SECONDS,
  };
  try {
    return { log: { ...of, messages: parseLog(await clients.kubernetes.podLog(request, signal)) }, gap: null };
  } catch (error) {
    const gap = logGap(pod.name, error);
    // a log that was rotated away, or whose pod is gone, cannot be had by any permission
    const gone = gap.reason === 'not-found' || gap.reason === 'invalid-response';
    return { log: { ...of, messages: [] }, gap: gone ? null : gap };
  }
}
