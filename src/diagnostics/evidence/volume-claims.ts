import { z } from 'zod';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { pods } from './pods.ts';

const Answer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ storageClassName: z.string().nullish() }).prefault({}),
      status: z.object({ phase: z.string().default('Pending') }).prefault({}),
    }),
  ),
});

export interface VolumeClaim {
  readonly name: string;
  /** Bound, Pending or Lost; "missing" where a pod names it and it is not there. */
  readonly phase: string;
  readonly storageClass: string | null;
  /** Pods that mount it. */
  readonly pods: readonly string[];
}

/** The PersistentVolumeClaims that the pods mount; nothing is asked where they mount none. */
export const volumeClaims = defineSource<readonly VolumeClaim[]>({
  id: 'k8s.pvc',
  title: 'Volume claims of the pods',
  permission: 'Role rule {apiGroups: [""], resources: ["persistentvolumeclaims"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'get persistentvolumeclaims'),
  async collect({ target, clients, signal, require }) {
    const all = (await require(pods)).data;
    const wanted = [...new Set(all.flatMap(({ claims }) => claims))].sort();
    if (wanted.length === 0) return { data: [], complete: true };
    const answer = await clients.kubernetes.persistentVolumeClaims(target.kubernetes.namespace, signal);
    const { items } = parseAnswer(Answer, answer, 'The list of volume claims');
    const data = wanted.map((name) => {
      const found = items.find(({ metadata }) => metadata.name === name);
      return {
        name,
        phase: found?.status.phase ?? 'missing',
        storageClass: found?.spec.storageClassName ?? null,
        pods: all.filter(({ claims }) => claims.includes(name)).map((pod) => pod.name),
      };
    });
    return { data, complete: true };
  },
});
