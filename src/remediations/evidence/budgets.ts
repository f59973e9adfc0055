import { z } from 'zod';
import { parseAnswer } from '../../diagnostics/evidence/answers.ts';
import { deployment } from '../../diagnostics/evidence/deployment.ts';
import { selects } from '../../diagnostics/rules/monitors.ts';
import { kubectl } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';

const Selector = z.object({
  matchLabels: z.record(z.string(), z.string()).default({}),
  matchExpressions: z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) })).default([]),
});
const Answer = z.object({
  items: z.array(
    z.object({
      metadata: z.object({ name: z.string() }),
      spec: z.object({ selector: Selector.nullish() }).prefault({}),
      status: z
        .object({ disruptionsAllowed: z.int().default(0), currentHealthy: z.int().default(0), desiredHealthy: z.int().default(0) })
        .prefault({}),
    }),
  ),
});

/** A PodDisruptionBudget that holds for the Deployment's pods. It limits evictions, and neither rollouts nor scaling. */
export interface Budget {
  readonly name: string;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
}

export const budgets = defineSource<readonly Budget[]>({
  id: 'fix.budgets',
  title: 'Disruption budgets of the pods',
  permission: 'Role rule {apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'get poddisruptionbudgets -o yaml'),
  async collect({ target, clients, signal, require }) {
    const { podLabels } = (await require(deployment)).data;
    const answer = await clients.kubernetes.disruptionBudgets(target.kubernetes.namespace, signal);
    const { items } = parseAnswer(Answer, answer, 'The list of disruption budgets');
    const own = items.filter(({ spec }) => spec.selector !== null && spec.selector !== undefined && selects(spec.selector, podLabels));
    return { data: own.map(({ metadata, status }) => ({ name: metadata.name, ...status })), complete: true };
  },
});
