import { z } from 'zod';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { deployment, revisionOf } from './deployment.ts';

const Owner = z.object({ kind: z.string(), uid: z.string(), controller: z.boolean().optional() });
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
      spec: z.object({
        replicas: z.number().default(0),
        template: z.object({ spec: z.object({ containers: z.array(z.object({ name: z.string(), image: z.string().default('') })) }) }),
      }),
      status: z.object({ replicas: z.number().default(0), readyReplicas: z.number().default(0) }).prefault({}),
    }),
  ),
});

export interface ReplicaSet {
  readonly name: string;
  readonly uid: string;
  readonly revision: number | null;
  readonly createdAt: Date;
  readonly images: readonly string[];
  readonly desired: number;
  readonly replicas: number;
  readonly ready: number;
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
    const data = own.map(({ metadata, spec, status }) => ({
      name: metadata.name,
      uid: metadata.uid,
      revision: revisionOf(metadata.annotations),
      createdAt: metadata.creationTimestamp,
      images: spec.template.spec.containers.map(({ image }) => image),
      desired: spec.replicas,
      replicas: status.replicas,
      ready: status.readyReplicas,
    }));
    return {
      data: data.sort((a, b) => (b.revision ?? 0) - (a.revision ?? 0)),
      complete: true,
      asked: kubectl(target, `get replicasets --selector '${owner.selector}' --sort-by=.metadata.creationTimestamp -o wide`),
    };
  },
});
