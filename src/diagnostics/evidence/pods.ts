import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { kubectl } from '../rules/shell.ts';
import { type Collected, defineSource, type SourceContext } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { deployment } from './deployment.ts';
import { replicaSets } from './replicasets.ts';
import { together } from './together.ts';

const Terminated = z.object({
  reason: z.string().default(''),
  message: z.string().default(''),
  exitCode: z.number(),
  finishedAt: z.date().nullish(),
});
const State = z
  .object({
    waiting: z.object({ reason: z.string().default(''), message: z.string().default('') }).nullish(),
    running: z.object({ startedAt: z.date().nullish() }).nullish(),
    terminated: Terminated.nullish(),
  })
  .prefault({});
const Status = z.object({
  name: z.string(),
  image: z.string().default(''),
  ready: z.boolean().default(false),
  restartCount: z.number().default(0),
  state: State,
  lastState: State,
});
const Quantities = z.record(z.string(), z.string()).default({});
const Volume = z.object({ persistentVolumeClaim: z.object({ claimName: z.string() }).nullish() });
const Answer = z.object({
  metadata: z.object({ _continue: z.string().optional() }).prefault({}),
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        uid: z.string(),
        creationTimestamp: z.date(),
        deletionTimestamp: z.date().nullish(),
        ownerReferences: z.array(z.object({ kind: z.string(), uid: z.string() })).default([]),
      }),
      spec: z.object({
        nodeName: z.string().nullish(),
        terminationGracePeriodSeconds: z.number().default(30),
        containers: z.array(z.object({ name: z.string(), resources: z.object({ limits: Quantities, requests: Quantities }).prefault({}) })),
        volumes: z.array(Volume).default([]),
      }),
      status: z.object({
        phase: z.string().default('Unknown'),
        reason: z.string().default(''),
        message: z.string().default(''),
        podIP: z.string().nullish(),
        conditions: z
          .array(z.object({ type: z.string(), status: z.string(), reason: z.string().default(''), message: z.string().default('') }))
          .default([]),
        containerStatuses: z.array(Status).default([]),
        initContainerStatuses: z.array(Status).default([]),
      }),
    }),
  ),
});

export interface ContainerState {
  readonly name: string;
  readonly init: boolean;
  readonly image: string;
  readonly ready: boolean;
  readonly restarts: number;
  readonly waiting: { readonly reason: string; readonly message: string } | null;
  readonly running: boolean;
  /** When its present run began; null: it does not run, or that is not said. */
  readonly startedAt: Date | null;
  /** The end of its present or of its last run. */
  readonly terminated: {
    readonly reason: string;
    readonly message: string;
    readonly exitCode: number;
    readonly finishedAt: Date | null;
  } | null;
}

export interface Pod {
  readonly name: string;
  readonly uid: string;
  readonly replicaSet: string;
  readonly revision: number | null;
  readonly ip: string | null;
  readonly node: string | null;
  readonly phase: string;
  readonly reason: string;
  readonly message: string;
  readonly createdAt: Date;
  readonly deletedAt: Date | null;
  readonly graceSeconds: number;
  readonly ready: boolean;
  /** Why the scheduler finds no node, where it finds none. */
  readonly unschedulable: string | null;
  readonly containers: readonly ContainerState[];
  /** PersistentVolumeClaims that it mounts. */
  readonly claims: readonly string[];
  readonly resources: readonly {
    readonly container: string;
    readonly cpuRequest: string | null;
    readonly cpuLimit: string | null;
    readonly memoryRequest: string | null;
    readonly memoryLimit: string | null;
  }[];
}

/** The pods that a ReplicaSet of the Deployment owns: its selector may match strangers as well. */
export const pods = defineSource<readonly Pod[]>({
  id: 'k8s.pods',
  title: 'Pods',
  permission: 'Role rule {apiGroups: [""], resources: ["pods"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'get pods -o wide'),
  async collect({ target, clients, signal, require }) {
    const owner = (await require(deployment)).data;
    const [{ data: sets }, answer] = await together(
      require(replicaSets),
      clients.kubernetes.pods(target.kubernetes.namespace, owner.selector, signal),
    );
    const { items, metadata } = parseAnswer(Answer, answer, 'The list of pods');
    const data = items.flatMap((item) => {
      const set = sets.find(({ uid }) =>
        item.metadata.ownerReferences.some((reference) => reference.kind === 'ReplicaSet' && reference.uid === uid),
      );
      return set === undefined ? [] : [normalise(item, set)];
    });
    const asked = kubectl(target, `get pods --selector '${owner.selector}' -o wide`);
    if (metadata._continue === undefined || metadata._continue === '') return { data, complete: true, asked };
    const gap = {
      reason: 'invalid-response' as const,
      message: `There are more than ${items.length} pods; the others were not read.`,
      mend: 'None needed: the first pods stand for the others.',
    };
    return { data, complete: false, gap, asked };
  },
});

export const noSuchPod = (name: string) => `The Deployment has no pod "${name}".`;

/** The pod that the question names, or all of them. */
export async function podsInQuestion({ question, require }: SourceContext): Promise<Collected<readonly Pod[]>> {
  const found = await require(pods);
  if (question.pod === undefined) return found;
  const data = found.data.filter(({ name }) => name === question.pod);
  if (data.length === 0) throw new ReadError('not-found', noSuchPod(question.pod), { mend: 'Name one of its pods, or none.' });
  return { ...found, data };
}

function normalise(
  { metadata, spec, status }: z.output<typeof Answer>['items'][number],
  set: { name: string; revision: number | null },
): Pod {
  const scheduled = status.conditions.find(({ type }) => type === 'PodScheduled');
  return {
    name: metadata.name,
    uid: metadata.uid,
    replicaSet: set.name,
    revision: set.revision,
    ip: status.podIP ?? null,
    node: spec.nodeName ?? null,
    phase: status.phase,
    reason: status.reason,
    message: status.message,
    createdAt: metadata.creationTimestamp,
    deletedAt: metadata.deletionTimestamp ?? null,
    graceSeconds: spec.terminationGracePeriodSeconds,
    ready: status.conditions.some(({ type, status: value }) => type === 'Ready' && value === 'True'),
    unschedulable: scheduled?.status === 'False' && scheduled.reason === 'Unschedulable' ? scheduled.message : null,
    containers: [
      ...status.initContainerStatuses.map((container) => containerState(container, true)),
      ...status.containerStatuses.map((container) => containerState(container, false)),
    ],
    claims: spec.volumes.flatMap(({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? []),
    resources: spec.containers.map(({ name, resources }) => ({
      container: name,
      cpuRequest: resources.requests.cpu ?? null,
      cpuLimit: resources.limits.cpu ?? null,
      memoryRequest: resources.requests.memory ?? null,
      memoryLimit: resources.limits.memory ?? null,
    })),
  };
}

function containerState(status: z.output<typeof Status>, init: boolean): ContainerState {
  const terminated = status.state.terminated ?? status.lastState.terminated ?? null;
  return {
    name: status.name,
    init,
    image: status.image,
    ready: status.ready,
    restarts: status.restartCount,
    waiting: status.state.waiting ?? null,
    running: status.state.running !== null && status.state.running !== undefined,
    startedAt: status.state.running?.startedAt ?? null,
    terminated: terminated === null ? null : { ...terminated, finishedAt: terminated.finishedAt ?? null },
  };
}
