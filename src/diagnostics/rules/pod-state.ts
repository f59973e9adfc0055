import { moreRecent } from './moments.ts';

/** What state a pod is in, from its status; the first that fits. */
export type PodState =
  | 'terminating'
  | 'stuck-terminating'
  | 'failed'
  | 'unschedulable'
  | 'image'
  | 'config'
  | 'oom'
  | 'crash-loop'
  | 'starting'
  | 'not-ready'
  | 'ready';

/** Why a pod is in its state: what its status says, and of which container. */
export interface PodTrouble {
  readonly state: PodState;
  /** The container that the state is about; null: the pod as a whole. */
  readonly container: string | null;
  /** What Kubernetes calls it, such as "ErrImagePull" or "OOMKilled"; may be empty. */
  readonly reason: string;
  readonly message: string;
  /** How the container's last run ended, where it has ended. */
  readonly exitCode: number | null;
  readonly endedAt: Date | null;
}

interface ContainerLike {
  readonly name: string;
  readonly restarts: number;
  readonly ready: boolean;
  readonly waiting: { readonly reason: string; readonly message: string } | null;
  readonly running: boolean;
  readonly terminated: {
    readonly reason: string;
    readonly message: string;
    readonly exitCode: number;
    readonly finishedAt: Date | null;
  } | null;
}

interface PodLike {
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  readonly deletedAt: Date | null;
  readonly createdAt: Date;
  readonly ready: boolean;
  readonly unschedulable: string | null;
  readonly containers: readonly ContainerLike[];
}

/** Reasons of the kubelet and of the container runtimes; ErrImagePull and ImagePullBackOff alternate. */
const IMAGE = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
]);
const CONFIG = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'StartError']);
const BACK_OFF = new Set(['CrashLoopBackOff']);

/** How long a sign stays one; minutes. Between back-offs, at most 5 minutes apart, a looping pod looks as if it ran. */
const OOM_MINUTES = 30;
const CRASH_MINUTES = 10;
const CRASH_RESTARTS = 3;
/** A pod that is still there this long after it should have been gone; seconds. Its deletionTimestamp includes the grace period. */
const STUCK_SECONDS = 60;
/** A young pod that is not ready yet is starting; seconds. */
const STARTING_SECONDS = 60;

export const podState = (pod: PodLike, now: Date): PodState => podTrouble(pod, now).state;

export function podTrouble(pod: PodLike, now: Date): PodTrouble {
  const age = (date: Date | null) => (date === null ? Number.POSITIVE_INFINITY : (now.getTime() - date.getTime()) / 1_000);
  const waiting = (reasons: ReadonlySet<string>) =>
    pod.containers.find((container) => container.waiting !== null && reasons.has(container.waiting.reason));
  const ended = (test: (container: ContainerLike) => boolean, minutes: number) =>
    pod.containers.filter((one) => test(one) && age(one.terminated?.finishedAt ?? null) < minutes * 60).sort(lastEndedFirst)[0];

  if (pod.deletedAt !== null) return whole(age(pod.deletedAt) > STUCK_SECONDS ? 'stuck-terminating' : 'terminating', pod);
  if (pod.phase === 'Failed') return whole('failed', pod);
  if (pod.phase === 'Pending' && pod.unschedulable !== null)
    return whole('unschedulable', { reason: 'Unschedulable', message: pod.unschedulable });
  const image = waiting(IMAGE);
  if (image !== undefined) return ofWaiting('image', image);
  const config = waiting(CONFIG);
  if (config !== undefined) return ofWaiting('config', config);
  const oom = ended(({ terminated }) => terminated?.reason === 'OOMKilled', OOM_MINUTES);
  if (oom !== undefined) return ofEnded('oom', oom);
  const crash = waiting(BACK_OFF) ?? ended(({ restarts }) => restarts >= CRASH_RESTARTS, CRASH_MINUTES);
  if (crash !== undefined) return ofEnded('crash-loop', crash);
  if (pod.ready) return whole('ready', pod);
  return unready(pod, age(pod.createdAt) < STARTING_SECONDS ? 'starting' : 'not-ready');
}

const lastEndedFirst = (a: ContainerLike, b: ContainerLike) =>
  moreRecent(a.terminated?.finishedAt ?? null, b.terminated?.finishedAt ?? null);

function whole(state: PodState, { reason, message }: { readonly reason: string; readonly message: string }): PodTrouble {
  return { state, container: null, reason, message, exitCode: null, endedAt: null };
}

function ofWaiting(state: PodState, { name, waiting, terminated }: ContainerLike): PodTrouble {
  return {
    state,
    container: name,
    reason: waiting?.reason ?? '',
    message: waiting?.message ?? '',
    exitCode: terminated?.exitCode ?? null,
    endedAt: terminated?.finishedAt ?? null,
  };
}

function ofEnded(state: PodState, { name, terminated }: ContainerLike): PodTrouble {
  return {
    state,
    container: name,
    reason: terminated?.reason ?? '',
    message: terminated?.message ?? '',
    exitCode: terminated?.exitCode ?? null,
    endedAt: terminated?.finishedAt ?? null,
  };
}

/** Of a pod that is not ready without one of the reasons above: what its first unready container waits for, if it waits. */
function unready(pod: PodLike, state: PodState): PodTrouble {
  const container = pod.containers.find(({ ready, running, waiting }) => !ready && (running || waiting !== null));
  return container === undefined ? whole(state, pod) : ofWaiting(state, container);
}
