import { z } from 'zod';
import { metadataSchema, objectSchema } from '../store/object.ts';
import { conditionSchema } from './pod.ts';

const targetSchema = z.looseObject({
  type: z.string(),
  averageUtilization: z.number().int().optional(),
  averageValue: z.string().optional(),
});
const metricSchema = z.looseObject({
  type: z.string(),
  resource: z.looseObject({ name: z.string(), target: targetSchema }).optional(),
});
const currentMetricSchema = z.looseObject({
  type: z.string(),
  resource: z
    .looseObject({
      name: z.string(),
      current: z.looseObject({ averageUtilization: z.number().optional(), averageValue: z.string().optional() }),
    })
    .optional(),
});

const policySchema = z.looseObject({ type: z.enum(['Pods', 'Percent']), value: z.number().int(), periodSeconds: z.number().int() });
const rulesSchema = z.looseObject({
  stabilizationWindowSeconds: z.number().int().optional(),
  selectPolicy: z.enum(['Max', 'Min', 'Disabled']).optional(),
  policies: z.array(policySchema).optional(),
});

const defaultMetrics = [{ type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } } }];

export const autoscalerSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: z
    .looseObject({
      scaleTargetRef: z.looseObject({ apiVersion: z.string().default('apps/v1'), kind: z.string(), name: z.string() }),
      minReplicas: z.number().int().min(1, 'must be greater than or equal to 1').default(1),
      maxReplicas: z.number().int().min(1, 'must be greater than 0'),
      metrics: z.array(metricSchema).default(defaultMetrics),
      behavior: z.looseObject({ scaleUp: rulesSchema.optional(), scaleDown: rulesSchema.optional() }).optional(),
    })
    .superRefine(({ minReplicas, maxReplicas }, context) => {
      if (maxReplicas >= minReplicas) return;
      const message = 'must be greater than or equal to `minReplicas`';
      context.addIssue({ code: 'custom', path: ['maxReplicas'], input: maxReplicas, message });
    }),
  status: z
    .looseObject({
      currentReplicas: z.number().int().optional(),
      desiredReplicas: z.number().int().default(0),
      lastScaleTime: z.string().optional(),
      observedGeneration: z.number().int().optional(),
      currentMetrics: z.array(currentMetricSchema).optional(),
      conditions: z.array(conditionSchema).optional(),
    })
    .prefault({}),
});
export type Autoscaler = z.infer<typeof autoscalerSchema>;
