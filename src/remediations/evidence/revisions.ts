import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { deployment, revisionOf } from '../../diagnostics/evidence/deployment.ts';
import { type PodTemplate, podTemplate, TemplateAnswer } from '../../diagnostics/evidence/pod-template.ts';
import { kubectl } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';
import { templateHash } from '../template-hash.ts';

const Answer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({
        name: z.string(),
        uid: z.string(),
        annotations: z.record(z.string(), z.string()).default({}),
        ownerReferences: z.array(z.object({ kind: z.string(), uid: z.string() })).default([]),
      }),
      spec: z.object({ template: z.record(z.string(), z.json()) }),
    }),
  ),
});

/** A recorded revision: what may be seen of its template, and a hash of all of it, which no value can be read from. */
export interface Revision {
  readonly revision: number;
  readonly replicaSet: string;
  readonly uid: string;
  readonly hash: string;
  readonly template: PodTemplate;
}

/** The revisions that the Deployment can go back to, newest first: one for each of its ReplicaSets. */
export const revisions = defineSource<readonly Revision[]>({
  id: 'fix.revisions',
  title: 'Recorded revisions',
  permission: 'Role rule {apiGroups: ["apps"], resources: ["deployments", "replicasets"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, `rollout history deployment/${target.kubernetes.deployment}`),
  async collect({ target, clients, signal, require }) {
    const owner = (await require(deployment)).data;
    const answer = await clients.kubernetes.wholeReplicaSets(target.kubernetes.namespace, owner.selector, signal);
    const { items } = parseAnswer(Answer, answer, 'The list of ReplicaSets');
    const own = items.filter(({ metadata }) => metadata.ownerReferences.some(({ uid }) => uid === owner.uid));
    const data = own.flatMap(({ metadata: { name, uid, annotations }, spec: { template } }): Revision[] => {
      const revision = revisionOf(annotations);
      if (revision === null) return [];
      const seen = podTemplate(parseAnswer(TemplateAnswer, template, `The template of ${name}`));
      return [{ revision, replicaSet: name, uid, hash: templateHash(template), template: seen }];
    });
    return { data: data.sort((a, b) => b.revision - a.revision), complete: true };
  },
});
