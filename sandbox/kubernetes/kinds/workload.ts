import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { FieldCause } from '../store/api-error.ts';
import { metadataSchema, objectSchema, stringMap } from '../store/object.ts';
import { fieldCause } from '../store/validate.ts';
import { conditionSchema, type PodTemplate, podTemplateSchema } from './pod.ts';

export const labelSelectorSchema = z.looseObject({
  matchLabels: stringMap.optional(),
  matchExpressions: z
    .array(
      z.looseObject({
        key: z.string(),
        operator: z.enum(['In', 'NotIn', 'Exists', 'DoesNotExist']),
        values: z.array(z.string()).optional(),
      }),
    )
    .optional(),
});
export type LabelSelector = z.infer<typeof labelSelectorSchema>;

const natural = z.number().int().nonnegative('must be greater than or equal to 0');
export const intOrPercent = z.union([z.number().int(), z.string().regex(/^\d+%$/, 'must be an integer or percentage')]);
export type IntOrPercent = z.infer<typeof intOrPercent>;

const rollingUpdateSchema = z.looseObject({ maxSurge: intOrPercent.default('25%'), maxUnavailable: intOrPercent.default('25%') });
const strategySchema = z
  .looseObject({ type: z.enum(['Recreate', 'RollingUpdate']).default('RollingUpdate'), rollingUpdate: rollingUpdateSchema.optional() })
  .transform((strategy) =>
    strategy.type === 'RollingUpdate'
      ? { ...strategy, rollingUpdate: strategy.rollingUpdate ?? { maxSurge: '25%', maxUnavailable: '25%' } }
      : strategy,
  );

const deploymentConditionSchema = conditionSchema.extend({ lastUpdateTime: z.string().optional() });
export type DeploymentCondition = z.infer<typeof deploymentConditionSchema>;

const counts = {
  replicas: z.number().int().optional(),
  readyReplicas: z.number().int().optional(),
  availableReplicas: z.number().int().optional(),
  observedGeneration: z.number().int().optional(),
};

export const deploymentSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z
    .looseObject({
      replicas: natural.default(1),
      selector: labelSelectorSchema,
      template: podTemplateSchema,
      strategy: strategySchema.prefault({}),
      minReadySeconds: natural.optional(),
      revisionHistoryLimit: natural.default(10),
      progressDeadlineSeconds: natural.default(600),
      paused: z.boolean().optional(),
    })
    .superRefine(templateMatchesSelector),
  status: z
    .looseObject({
      ...counts,
      updatedReplicas: z.number().int().optional(),
      unavailableReplicas: z.number().int().optional(),
      conditions: z.array(deploymentConditionSchema).optional(),
    })
    .default({}),
});
export type Deployment = z.infer<typeof deploymentSchema>;

export const replicaSetSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z.looseObject({
    replicas: natural.default(1),
    minReadySeconds: natural.optional(),
    selector: labelSelectorSchema,
    template: podTemplateSchema,
  }),
  status: z
    .looseObject({
      ...counts,
      replicas: z.number().int().default(0),
      fullyLabeledReplicas: z.number().int().optional(),
      conditions: z.array(conditionSchema).optional(),
    })
    .prefault({}),
});
export type ReplicaSet = z.infer<typeof replicaSetSchema>;

/** The selector of a Deployment or ReplicaSet may not change. */
export function selectorIsImmutable<T extends Deployment | ReplicaSet>(current: T, next: T): readonly FieldCause[] {
  if (isDeepStrictEqual(current.spec.selector, next.spec.selector)) return [];
  return [fieldCause('spec.selector', next.spec.selector, 'field is immutable')];
}

/** The labels of the template must be selected by the selector. Only matchLabels are looked at. */
function templateMatchesSelector(
  { selector, template }: { readonly selector: LabelSelector; readonly template: PodTemplate },
  context: z.core.$RefinementCtx,
): void {
  const { labels = {} } = template.metadata;
  if (Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value)) return;
  context.addIssue({
    code: 'custom',
    path: ['template', 'metadata', 'labels'],
    input: labels,
    message: '`selector` does not match template `labels`',
  });
}
