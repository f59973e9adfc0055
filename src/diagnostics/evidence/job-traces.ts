import pLimit from 'p-limit';
import type { Worker, WorkerLog } from '../rules/job-classes.ts';
import { isAboutJob } from '../rules/job-log.ts';
import { kubectl } from '../rules/shell.ts';
import { type Collected, defineSource, type Gap, type SourceContext } from '../types.ts';
import { deployment } from './deployment.ts';
import { type Job, jobs } from './jobs.ts';
import { logGap } from './log-gap.ts';
import { ifSeen } from './optional.ts';
import { type Pod, pods } from './pods.ts';

export interface JobTrace {
  readonly jobId: string;
  readonly worker: Worker;
  readonly log: WorkerLog;
}

/** Pods whose logs are searched. */
const MOST_LOGS = 5;
const AT_ONCE = 3;
const UNREAD: WorkerLog = { read: false, windowSeconds: 0, lastLineSeconds: null };

/** Of each running job whose lock has run out: what became of the pod that claimed it, and what that pod wrote about it. */
export const jobTraces = defineSource<readonly JobTrace[]>({
  id: 'k8s.job_traces',
  title: 'Pods that claimed jobs',
  permission: 'Role rules {apiGroups: [""], resources: ["pods"], verbs: ["get", "list"]} and {resources: ["pods/log"], verbs: ["get"]}',
  asked: (target) => kubectl(target, 'get pods -o wide'),
  async collect(context) {
    const reading = (await context.require(jobs)).data;
    const doubtful =
      reading.state === 'read'
        ? reading.data.jobs.filter(({ status, lockRanOutSeconds }) => status === 'Running' && (lockRanOutSeconds ?? 0) >= 0)
        : [];
    if (doubtful.length === 0) return { data: [], complete: true }; // nobody needs to be asked
    const list = await ifSeen(context, pods);
    const container = (await ifSeen(context, deployment))?.data.container ?? null;
    const found = doubtful.map((job) => ({ job, worker: workerOf(job, list, container) }));
    const alive = [
      ...new Set(found.flatMap(({ job, worker }) => (worker.state === 'there' && worker.startedAt !== null ? [job.instance ?? ''] : []))),
    ];
    const limit = pLimit(AT_ONCE);
    const logs = new Map(
      await Promise.all(alive.slice(0, MOST_LOGS).map((pod) => limit(async () => [pod, await readLog(context, pod, container)] as const))),
    );
    const data = found.map(({ job, worker }) => ({ jobId: job.id, worker, log: logOf(job, logs.get(job.instance ?? ''), context) }));
    const asked = kubectl(context.target, 'get pods -o wide', ...alive.map((pod) => command(context, pod)));
    const gap = gapOf(list, [...logs.values()]);
    return gap === null ? { data, complete: true, asked } : { data, complete: false, gap, asked };
  },
});

/** What became of the pod that claimed a job. Null: the pods could not be looked at. */
export function workerOf({ instance }: Pick<Job, 'instance'>, list: Collected<readonly Pod[]> | null, container: string | null): Worker {
  if (list === null || instance === null) return { state: 'unknown' };
  const pod = list.data.find(({ name }) => name === instance);
  if (pod === undefined) return list.complete ? { state: 'gone' } : { state: 'unknown' };
  const own = pod.containers.find(({ name, init }) => !init && (container === null || name === container));
  if (own === undefined || (own.running && own.startedAt === null)) return { state: 'unknown' };
  return { state: 'there', startedAt: own.running ? own.startedAt : null };
}

interface PodLog {
  readonly lines: readonly string[];
  /** Read from the beginning of the window on. */
  readonly whole: boolean;
  readonly gap: Gap | null;
}

async function readLog({ target, clients, thresholds, signal }: SourceContext, pod: string, container: string | null): Promise<PodLog> {
  const { logTailLines: tailLines, logLimitBytes: limitBytes } = target.application;
  const chunks: Uint8Array[] = [];
  const request = {
    namespace: target.kubernetes.namespace,
    pod,
    container: container ?? '',
    previous: false,
    tailLines,
    limitBytes,
    sinceSeconds: thresholds.jobSilentSeconds,
  };
  try {
    await clients.kubernetes.streamPodLog(request, (chunk) => void chunks.push(Buffer.from(chunk)), signal);
  } catch (error) {
    return { lines: [], whole: false, gap: logGap(pod, error) };
  }
  const bytes = Buffer.concat(chunks);
  const lines = bytes.toString('utf8').split('\n');
  return { lines, whole: bytes.length < limitBytes && lines.length <= tailLines, gap: null };
}

const command = ({ target, thresholds }: SourceContext, pod: string) =>
  `logs ${pod} --since=${thresholds.jobSilentSeconds}s --tail=${target.application.logTailLines} --timestamps`;

function logOf(job: Job, log: PodLog | undefined, { now, thresholds }: SourceContext): WorkerLog {
  if (log === undefined || log.gap !== null) return UNREAD;
  const times = log.lines.filter((line) => isAboutJob(line, job)).map((line) => Date.parse(line.slice(0, line.indexOf(' '))));
  const last = times.filter((at) => !Number.isNaN(at)).at(-1);
  const lastLineSeconds = last === undefined ? null : Math.max(0, (now.getTime() - last) / 1_000);
  return { read: log.whole, windowSeconds: thresholds.jobSilentSeconds, lastLineSeconds };
}

function gapOf(list: Collected<unknown> | null, logs: readonly PodLog[]): Gap | null {
  if (list === null || !list.complete)
    return (
      list?.gap ?? { reason: 'forbidden', message: 'The pods that claimed jobs could not be looked at.', mend: 'Let the bot list pods.' }
    );
  return logs.find(({ gap }) => gap !== null)?.gap ?? null;
}
