import type { KubeletAccess } from '../api/context.ts';
import { type Condition, type ContainerStatus, type Pod, portAnnotation } from '../kinds/pod.ts';
import type { PodProcess } from '../runtime.ts';
import { kubeTime } from '../store/object.ts';
import { ContainerRun } from './container.ts';
import type { KubeletContext } from './context.ts';

export interface Kubelet extends KubeletAccess {
  /** Starts, watches and stops the containers of every pod that has a node, and writes the pods' status. */
  tick(): void;
  /** The running processes of a pod by container name. */
  processes(pod: Pod): ReadonlyMap<string, PodProcess>;
  /** Stops every container without grace. */
  close(): Promise<void>;
}

interface PodRun {
  readonly containers: ReadonlyMap<string, ContainerRun>;
  readonly pod: Pod;
  stopping: Promise<void> | undefined;
}

/** The kubelets of all nodes. */
export function startKubelet(context: KubeletContext): Kubelet {
  const runs = new Map<string, PodRun>();
  const runOf = (pod: Pod): PodRun => {
    const existing = runs.get(pod.metadata.uid);
    if (existing) return existing;
    const containers = new Map(pod.spec.containers.map((container) => [container.name, new ContainerRun(context, container)]));
    const run: PodRun = { containers, pod, stopping: undefined };
    runs.set(pod.metadata.uid, run);
    return run;
  };
  const tick = (): void => {
    const pods = context.store.pods.list().filter(({ spec }) => spec.nodeName !== undefined);
    const alive = new Set(pods.map(({ metadata }) => metadata.uid));
    for (const [uid, run] of runs) if (!alive.has(uid)) forget(uid, run);
    for (const pod of pods) {
      if (context.machines.isDown(pod.spec.nodeName)) loseMachine(runOf(pod));
      else syncPod(context, runOf(pod), pod);
    }
  };
  const forget = (uid: string, run: PodRun): void => {
    run.stopping ??= stopAll(run, 0);
    run.stopping.finally(() => runs.delete(uid));
  };
  const loseMachine = (run: PodRun): void => {
    for (const container of run.containers.values()) container.loseMachine();
  };
  const firstProcess = (pod: Pod): PodProcess | undefined => [...(runs.get(pod.metadata.uid)?.containers.values() ?? [])][0]?.process;
  return {
    tick,
    logs: (pod, container, previous) => runs.get(pod.metadata.uid)?.containers.get(container)?.logs(previous),
    address: (pod, port) => {
      const process = firstProcess(pod);
      return process?.listens(port) ? { host: process.host, port: process.port } : undefined;
    },
    isReachable: (pod) => !context.machines.isDown(pod.spec.nodeName),
    processes: (pod) => {
      const entries = [...(runs.get(pod.metadata.uid)?.containers ?? [])].flatMap(([name, { process }]) =>
        process ? [[name, process] as const] : [],
      );
      return new Map(entries);
    },
    close: async () => {
      await Promise.allSettled([...runs.values()].map((run) => stopAll(run, 0)));
    },
  };
}

async function stopAll(run: PodRun, graceMs: number): Promise<void> {
  await Promise.allSettled([...run.containers.values()].map((container) => container.stop(graceMs)));
}

function syncPod(context: KubeletContext, run: PodRun, pod: Pod): void {
  if (pod.metadata.deletionTimestamp !== undefined) {
    run.stopping ??= endPod(context, run, pod);
    writeStatus(context, run, pod);
    return;
  }
  for (const container of run.containers.values()) container.tick(pod);
  writeStatus(context, run, pod);
}

async function endPod(context: KubeletContext, run: PodRun, pod: Pod): Promise<void> {
  const { namespace = '', name, uid, deletionGracePeriodSeconds = 0 } = pod.metadata;
  for (const container of run.containers.keys()) {
    const extra = { host: pod.spec.nodeName ?? '', fieldPath: `spec.containers{${container}}` };
    context.events.record('kubelet', pod, 'Normal', 'Killing', `Stopping container ${container}`, extra);
  }
  await stopAll(run, (deletionGracePeriodSeconds * 1000) / context.timeScale);
  if (context.store.pods.get(namespace, name)?.metadata.uid === uid) context.store.pods.drop(namespace, name);
}

function writeStatus(context: KubeletContext, run: PodRun, pod: Pod): void {
  const { namespace = '', name } = pod.metadata;
  const statuses = [...run.containers.values()].map((container) => container.status());
  const process = [...run.containers.values()][0]?.process;
  const now = kubeTime(context.now());
  context.store.pods.modify(namespace, name, (draft) => {
    if (process) draft.metadata.annotations = { ...draft.metadata.annotations, [portAnnotation]: String(process.port) };
    draft.status = {
      ...draft.status,
      phase: phaseOf(pod, statuses),
      conditions: conditionsOf(pod, statuses, now),
      hostIP: '127.0.0.1',
      startTime: draft.status.startTime ?? now,
      containerStatuses: statuses,
      qosClass: qosOf(pod),
      ...(process ? { podIP: process.host, podIPs: [{ ip: process.host }] } : {}),
    };
  });
}

function phaseOf(pod: Pod, statuses: readonly ContainerStatus[]): Pod['status']['phase'] {
  const over = statuses.every(({ state }) => state.terminated !== undefined) && pod.spec.restartPolicy !== 'Always';
  if (over) return statuses.every(({ state }) => state.terminated?.exitCode === 0) ? 'Succeeded' : 'Failed';
  const begun = statuses.every(({ containerID }) => containerID !== undefined);
  return begun || pod.status.phase === 'Running' ? 'Running' : 'Pending';
}

function conditionsOf(pod: Pod, statuses: readonly ContainerStatus[], now: string): Condition[] {
  const unready = statuses.filter(({ ready }) => !ready).map(({ name }) => name);
  const why =
    unready.length === 0 ? {} : { reason: 'ContainersNotReady', message: `containers with unready status: [${unready.join(' ')}]` };
  const readiness = unready.length === 0 ? 'True' : 'False';
  const wanted: Condition[] = [
    { type: 'Initialized', status: 'True' },
    { type: 'Ready', status: readiness, ...why },
    { type: 'ContainersReady', status: readiness, ...why },
    { type: 'PodScheduled', status: 'True' },
  ];
  return wanted.map((condition) => {
    const before = pod.status.conditions?.find(({ type }) => type === condition.type);
    const since = before?.status === condition.status ? before.lastTransitionTime : now;
    return { ...condition, lastTransitionTime: since };
  });
}

function qosOf(pod: Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const all = pod.spec.containers.map(({ resources }) => resources);
  if (all.every(({ requests, limits }) => !requests && !limits)) return 'BestEffort';
  const guaranteed = all.every(({ requests = {}, limits = {} }) =>
    ['cpu', 'memory'].every((name) => limits[name] !== undefined && (requests[name] ?? limits[name]) === limits[name]),
  );
  return guaranteed ? 'Guaranteed' : 'Burstable';
}
