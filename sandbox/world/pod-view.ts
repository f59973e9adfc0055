import type { V1Pod } from '@kubernetes/client-node';

/** A pod with one container as a bystander sees it. */
export interface PodView {
  readonly name: string;
  /** Undefined: no node takes it. */
  readonly node: string | undefined;
  readonly image: string;
  readonly ready: boolean;
  readonly terminating: boolean;
  readonly restarts: number;
  /** Why its container does not run yet, such as CrashLoopBackOff. */
  readonly waiting: string | undefined;
  /** How its container ended last. */
  readonly ended: { readonly exitCode: number; readonly reason: string } | undefined;
}

export function podView(pod: V1Pod): PodView {
  const [status] = pod.status?.containerStatuses ?? [];
  const ended = status?.lastState?.terminated ?? status?.state?.terminated;
  return {
    name: pod.metadata?.name ?? '',
    node: pod.spec?.nodeName,
    image: pod.spec?.containers[0]?.image ?? '',
    ready: pod.status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') ?? false,
    terminating: pod.metadata?.deletionTimestamp !== undefined,
    restarts: status?.restartCount ?? 0,
    waiting: status?.state?.waiting?.reason,
    ended: ended === undefined ? undefined : { exitCode: ended.exitCode, reason: ended.reason ?? '' },
  };
}
