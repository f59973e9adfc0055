import { z } from 'zod';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { deployment, revisionOf } from './deployment.ts';
import { type PodTemplate, podTemplate, TemplateAnswer } from './pod-template.ts';

const Owner = z.object({ kind: z.string(), uid: z.string(), controller: z.boolean().optional() });
const Condition = z.object({ type: z.string(), status: z.string(), reason: z.string().default(''), message: z.string().default('') });
const Answer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        uid: z.string(),
        creationTimestamp: z.date(),
        annotations: z.record(z.string(), z.string()).default({}),
        ownerReferences: z.array(Owner).default([]),
      }),
      spec: z.object({ replicas: z.number().default(0), template: TemplateAnswer }),
      status: z
        .object({ replicas: z.number().default(0), readyReplicas: z.number().default(0), conditions: z.array(Condition).default([]) })
        .prefault({}),
    }),
  ),
});

export interface ReplicaSet {
  readonly name: string;
  readonly uid: string;
  readonly revision: number | null;
  readonly createdAt: Date;
  readonly images: readonly string[];
  readonly template: PodTemplate;
  /** Why the revision was made, where somebody said so. */
  readonly changeCause: string | null;
  readonly desired: number;
  /** Replicas that the whole Deployment wanted when this ReplicaSet was last scaled; null: not recorded. */
  readonly deploymentDesired: number | null;
  readonly replicas: number;
  readonly ready: number;
  /** What the API server says to new pods of it, where it takes none. */
  readonly failure: string | null;
}

/** The ReplicaSets that the Deployment owns, newest revision first: what kubectl rollout history reads. */
export const replicaSets = defineSource<readonly ReplicaSet[]>({
  id: 'k8s.replicasets',
  title: 'Revisions',
  permission: 'Role rule {apiGroups: ["apps"], resources: ["replicasets"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'get replicasets --sort-by=.metadata.creationTimestamp -o wide'),
  async collect({ target, clients, signal, require }) {
    const owner = (await require(deployment)).data;
    const answer = await clients.kubernetes.replicaSets(target.kubernetes.namespace, owner.selector, signal);
    const { items } = parseAnswer(Answer, answer, 'The list of ReplicaSets');
    const own = items.filter(({ metadata }) =>
      metadata.ownerReferences.some(({ kind, uid }) => kind === 'Deployment' && uid === owner.uid),
    );
    return {
      data: own.map(normalise).sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0)),
      complete: true,
      asked: kubectl(target, `get replicasets --selector '${owner.selector}' --sort-by=.metadata.creationTimestamp -o wide`),
    };
  },
});

function normalise({ metadata, spec, status }: z.output<typeof Answer>['items'][number]): ReplicaSet {
  const failure = status.conditions.find(({ type, status: value }) => type === 'ReplicaFailure' && value === 'True');
  return {
    name: metadata.name,
    uid: metadata.uid,
    revision: revisionOf(metadata.annotations),
    createdAt: metadata.creationTimestamp,
    images: spec.template.spec.containers.map(({ image }) => image),
    template: podTemplate(spec.template),
    changeCause: metadata.annotations['kubernetes.io/change-cause'] ?? null,
    desired: spec.replicas,
    deploymentDesired: wholeNumber(metadata.annotations['deployment.kubernetes.io/desired-replicas']),
    replicas: status.replicas,
    ready: status.readyReplicas,
    failure: failure === undefined ? null : failure.message || failure.reason,
  };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : null;
}
