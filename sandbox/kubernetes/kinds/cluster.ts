import { z } from 'zod';
import { metadataSchema, objectSchema, stringMap } from '../store/object.ts';
import { conditionSchema, quantityMap } from './pod.ts';
import { intOrPercent, labelSelectorSchema } from './workload.ts';

export const genericSchema = objectSchema.extend({ metadata: metadataSchema });

export const namespaceSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z.looseObject({ finalizers: z.array(z.string()).default(['kubernetes']) }).prefault({}),
  status: z.looseObject({ phase: z.string().default('Active') }).prefault({}),
});

export const nodeSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z
    .looseObject({
      unschedulable: z.boolean().optional(),
      taints: z.array(z.looseObject({ key: z.string(), value: z.string().optional(), effect: z.string() })).optional(),
    })
    .prefault({}),
  status: z.looseObject({ allocatable: quantityMap.default({}), conditions: z.array(conditionSchema).optional() }).prefault({}),
});
export type Node = z.infer<typeof nodeSchema>;

export const dataSchema = objectSchema.extend({ metadata: metadataSchema, data: stringMap.optional() });

export const serviceSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z.looseObject({
    type: z.string().default('ClusterIP'),
    selector: stringMap.optional(),
    ports: z
      .array(
        z.looseObject({
          name: z.string().optional(),
          port: z.number().int(),
          targetPort: z.union([z.number().int(), z.string()]).optional(),
          protocol: z.string().default('TCP'),
        }),
      )
      .optional(),
  }),
  status: z.looseObject({}).default({ loadBalancer: {} }),
});
export type Service = z.infer<typeof serviceSchema>;

const quotaAmounts = quantityMap.optional();
export const quotaSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z.looseObject({ hard: quotaAmounts }).prefault({}),
  status: z.looseObject({ hard: quotaAmounts, used: quotaAmounts }).prefault({}),
});
export type Quota = z.infer<typeof quotaSchema>;

export const limitRangeSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z.looseObject({
    limits: z.array(
      z.looseObject({
        type: z.string(),
        max: quotaAmounts,
        min: quotaAmounts,
        default: quotaAmounts,
        defaultRequest: quotaAmounts,
      }),
    ),
  }),
});
export type LimitRange = z.infer<typeof limitRangeSchema>;

export const disruptionBudgetSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z.looseObject({
    minAvailable: intOrPercent.optional(),
    maxUnavailable: intOrPercent.optional(),
    selector: labelSelectorSchema.optional(),
  }),
  status: z
    .looseObject({
      disruptionsAllowed: z.number().int().default(0),
      currentHealthy: z.number().int().default(0),
      desiredHealthy: z.number().int().default(0),
      expectedPods: z.number().int().default(0),
      observedGeneration: z.number().int().optional(),
      conditions: z.array(conditionSchema.extend({ observedGeneration: z.number().optional() })).optional(),
    })
    .prefault({}),
});
export type DisruptionBudget = z.infer<typeof disruptionBudgetSchema>;

export const volumeClaimSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z.looseObject({ storageClassName: z.string().optional() }).prefault({}),
  status: z.looseObject({ phase: z.enum(['Pending', 'Bound', 'Lost']).default('Pending') }).prefault({}),
});
export type VolumeClaim = z.infer<typeof volumeClaimSchema>;

const ruleSchema = z.looseObject({
  apiGroups: z.array(z.string()).default([]),
  resources: z.array(z.string()).default([]),
  resourceNames: z.array(z.string()).optional(),
  nonResourceURLs: z.array(z.string()).optional(),
  verbs: z.array(z.string()),
});
export type PolicyRule = z.infer<typeof ruleSchema>;
export const roleSchema = objectSchema.extend({ metadata: metadataSchema, rules: z.array(ruleSchema).default([]) });

const subjectSchema = z.looseObject({ kind: z.string(), name: z.string(), namespace: z.string().optional() });
export const bindingSchema = objectSchema.extend({
  metadata: metadataSchema,
  subjects: z.array(subjectSchema).default([]),
  roleRef: z.looseObject({ apiGroup: z.string().default('rbac.authorization.k8s.io'), kind: z.string(), name: z.string() }),
});
export type Binding = z.infer<typeof bindingSchema>;
