import { z } from 'zod';

/** What is read of the files of a bundle that are compared; everything else in them is left alone. */

const Resources = z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number()]))).default({});
const Variable = z.looseObject({ name: z.string(), value: z.string().optional() });
const Metadata = z.object({ name: z.string() });

export const Container = z.looseObject({
  name: z.string(),
  image: z.string().default(''),
  env: z.array(Variable).default([]),
  resources: Resources,
});
export const Deployments = z.object({
  items: z.array(
    z.object({
      metadata: Metadata,
      spec: z.object({ replicas: z.int().default(1), template: z.object({ spec: z.object({ containers: z.array(Container) }) }) }),
    }),
  ),
});
export const Autoscalers = z.object({
  items: z.array(z.object({ metadata: Metadata, spec: z.object({ minReplicas: z.int().default(1), maxReplicas: z.int() }) })),
});
export const Named = z.object({ items: z.array(z.object({ metadata: Metadata })) });
const Regarding = z.object({ kind: z.string().default(''), name: z.string().default('') });
export const Events = z.object({
  items: z.array(
    z
      .object({
        type: z.string().default(''),
        reason: z.string().default(''),
        message: z.string().optional(),
        involvedObject: Regarding.optional(),
        /** Older bundles have the events of events.k8s.io/v1. */
        note: z.string().default(''),
        regarding: Regarding.prefault({}),
      })
      .transform(({ type, reason, message, note, involvedObject, regarding }) => ({
        ...{ type, reason },
        text: message ?? note,
        about: involvedObject ?? regarding,
      })),
  ),
});
export const Diagnosed = z.object({
  checks: z.array(z.object({ id: z.string(), verdict: z.string() })).default([]),
  diagnoses: z.array(z.object({ cause: z.string(), certainty: z.string() })).default([]),
});
export const Settings = z.object({
  data: z.object({
    settings: z.array(z.object({ name: z.string(), value: z.string().nullable(), pendingRestart: z.boolean().default(false) })),
    own: z.array(z.object({ database: z.string(), role: z.string(), name: z.string(), value: z.string() })).default([]),
  }),
});
export const ConfigMaps = z.object({
  items: z.array(z.object({ metadata: z.object({ name: z.string() }), data: z.record(z.string(), z.string()).default({}) })),
});
export const Secret = z.object({ data: z.object({ state: z.string(), version: z.int().nullable() }) });
export const Logs = z.object({
  data: z.object({
    sinceSeconds: z.number().positive(),
    groups: z.array(
      z.object({ level: z.string(), category: z.string(), exception: z.string(), pattern: z.string(), count: z.number().positive() }),
    ),
  }),
});
export const Ranges = z.array(z.object({ title: z.string(), unit: z.string(), points: z.array(z.object({ value: z.number() })) }));
export const Version = z.object({ string: z.string() });
export const Connected = z.object({ isConnected: z.literal(true), version: z.string() });
