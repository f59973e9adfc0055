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

interface PodLike {
  readonly phase: string;
  readonly deletedAt: Date | null;
  readonly graceSeconds: number;
  readonly createdAt: Date;
  readonly ready: boolean;
  readonly unschedulable: string | null;
  readonly containers: readonly {
    readonly restarts: number;
    readonly waiting: { readonly reason: string; readonly message: string } | null;
    readonly running: boolean;
    readonly terminated: { readonly reason: string; readonly exitCode: number; readonly finishedAt: Date | null } | null;
  }[];
}

const IMAGE = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
]);
const CONFIG = new Set(['CreateContainerConfigError', 'CreateContainerError', 'RunContainerError', 'StartError']);

/** How long a sign stays one; minutes. Between back-offs, at most 5 minutes apart, a looping pod looks as if it ran. */
const OOM_MINUTES = 30;
const CRASH_MINUTES = 10;
const CRASH_RESTARTS = 3;
/** A pod that is deleted and still there this long after its grace period; seconds. */
const STUCK_SECONDS = 60;
/** A young pod that is not ready yet is starting; seconds. */
const STARTING_SECONDS = 60;

export function podState(pod: PodLike, now: Date): PodState {
  const age = (date: Date | null) => (date === null ? Number.POSITIVE_INFINITY : (now.getTime() - date.getTime()) / 1_000);
  const waiting = (reasons: ReadonlySet<string>) =>
    pod.containers.some((container) => container.waiting !== null && reasons.has(container.waiting.reason));
  if (pod.deletedAt !== null) return age(pod.deletedAt) > pod.graceSeconds + STUCK_SECONDS ? 'stuck-terminating' : 'terminating';
  if (pod.phase === 'Failed') return 'failed';
  if (pod.phase === 'Pending' && pod.unschedulable !== null) return 'unschedulable';
  if (waiting(IMAGE)) return 'image';
  if (waiting(CONFIG)) return 'config';
  if (pod.containers.some(({ terminated }) => terminated?.reason === 'OOMKilled' && age(terminated.finishedAt) < OOM_MINUTES * 60))
    return 'oom';
  if (waiting(new Set(['CrashLoopBackOff']))) return 'crash-loop';
  if (
    pod.containers.some(
      ({ restarts, terminated }) => restarts >= CRASH_RESTARTS && age(terminated?.finishedAt ?? null) < CRASH_MINUTES * 60,
    )
  )
    return 'crash-loop';
  if (pod.ready) return 'ready';
  return age(pod.createdAt) < STARTING_SECONDS ? 'starting' : 'not-ready';
}
