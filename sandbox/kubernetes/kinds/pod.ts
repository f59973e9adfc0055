import { z } from 'zod';
import { isQuantity, quantity } from '../quantity.ts';
import { metadataSchema, objectSchema, stringMap } from '../store/object.ts';

const quantityText = z
  .union([z.string(), z.number()])
  .transform(String)
  .refine(isQuantity, "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
export const quantityMap = z.record(z.string(), quantityText);

const keyReference = z.looseObject({ name: z.string().default(''), key: z.string(), optional: z.boolean().optional() });

const envVarSchema = z.looseObject({
  name: z.string(),
  value: z.string().optional(),
  valueFrom: z
    .looseObject({
      fieldRef: z.looseObject({ apiVersion: z.string().default('v1'), fieldPath: z.string() }).optional(),
      configMapKeyRef: keyReference.optional(),
      secretKeyRef: keyReference.optional(),
    })
    .optional(),
});

const sourceReference = z.looseObject({ name: z.string().default(''), optional: z.boolean().optional() });
const envFromSchema = z.looseObject({
  prefix: z.string().optional(),
  configMapRef: sourceReference.optional(),
  secretRef: sourceReference.optional(),
});

const portSchema = z.looseObject({
  name: z.string().optional(),
  containerPort: z.number().int(),
  protocol: z.enum(['TCP', 'UDP', 'SCTP']).default('TCP'),
});

const probeSchema = z.looseObject({
  httpGet: z
    .looseObject({ path: z.string().optional(), port: z.union([z.number(), z.string()]), scheme: z.string().default('HTTP') })
    .optional(),
  initialDelaySeconds: z.number().int().optional(),
  timeoutSeconds: z.number().int().default(1),
  periodSeconds: z.number().int().default(10),
  successThreshold: z.number().int().default(1),
  failureThreshold: z.number().int().default(3),
});

const resourcesSchema = z.looseObject({ limits: quantityMap.optional(), requests: quantityMap.optional() });

export const containerSchema = z
  .looseObject({
    name: z.string(),
    image: z.string().optional(),
    env: z.array(envVarSchema).optional(),
    envFrom: z.array(envFromSchema).optional(),
    ports: z.array(portSchema).optional(),
    resources: resourcesSchema.default({}),
    readinessProbe: probeSchema.optional(),
    livenessProbe: probeSchema.optional(),
    startupProbe: probeSchema.optional(),
    imagePullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']).optional(),
    terminationMessagePath: z.string().default('/dev/termination-log'),
    terminationMessagePolicy: z.string().default('File'),
  })
  .superRefine((container, context) => {
    const { limits = {}, requests = {} } = container.resources;
    for (const [name, requested] of Object.entries(requests)) {
      const limit = limits[name];
      if (limit === undefined || !isQuantity(limit) || !isQuantity(requested) || quantity(requested) <= quantity(limit)) continue;
      const message = `must be less than or equal to ${name} limit`;
      context.addIssue({ code: 'custom', path: ['resources', 'requests'], input: requested, message });
    }
  })
  .transform((container) => ({ ...container, imagePullPolicy: container.imagePullPolicy ?? pullPolicy(container.image ?? '') }));

function pullPolicy(image: string): 'Always' | 'IfNotPresent' {
  const tag = /:([^:/@]+)$/.exec(image)?.[1] ?? 'latest';
  return tag === 'latest' && !image.includes('@') ? 'Always' : 'IfNotPresent';
}

const podTermSchema = z.looseObject({
  topologyKey: z.string(),
  labelSelector: z.looseObject({ matchLabels: stringMap.optional() }).optional(),
});
const affinitySchema = z.looseObject({
  podAntiAffinity: z.looseObject({ requiredDuringSchedulingIgnoredDuringExecution: z.array(podTermSchema).optional() }).optional(),
});

const volumeSchema = z.looseObject({
  name: z.string(),
  persistentVolumeClaim: z.looseObject({ claimName: z.string() }).optional(),
  configMap: z.looseObject({ name: z.string().default(''), optional: z.boolean().optional() }).optional(),
  secret: z.looseObject({ secretName: z.string().default(''), optional: z.boolean().optional() }).optional(),
});

const podSpecSchema = z.looseObject({
  containers: z.array(containerSchema).min(1),
  initContainers: z.array(containerSchema).optional(),
  volumes: z.array(volumeSchema).optional(),
  nodeName: z.string().optional(),
  nodeSelector: stringMap.optional(),
  affinity: affinitySchema.optional(),
  tolerations: z
    .array(z.looseObject({ key: z.string().optional(), operator: z.string().optional(), effect: z.string().optional() }))
    .optional(),
  restartPolicy: z.enum(['Always', 'OnFailure', 'Never']).default('Always'),
  terminationGracePeriodSeconds: z.number().int().default(30),
  dnsPolicy: z.string().default('ClusterFirst'),
  schedulerName: z.string().default('default-scheduler'),
  securityContext: z.looseObject({}).default({}),
  serviceAccountName: z.string().optional(),
});

export const podTemplateSchema = z.looseObject({ metadata: metadataOfTemplate(), spec: podSpecSchema });

function metadataOfTemplate() {
  return z.looseObject({ labels: stringMap.optional(), annotations: stringMap.optional() }).default({});
}

const terminatedSchema = z.looseObject({
  exitCode: z.number(),
  reason: z.string().optional(),
  startedAt: z.string().optional(),
  finishedAt: z.string().optional(),
});

const stateSchema = z.looseObject({
  waiting: z.looseObject({ reason: z.string().optional(), message: z.string().optional() }).optional(),
  running: z.looseObject({ startedAt: z.string().optional() }).optional(),
  terminated: terminatedSchema.optional(),
});

const containerStatusSchema = z.looseObject({
  name: z.string(),
  ready: z.boolean(),
  started: z.boolean().optional(),
  restartCount: z.number().int(),
  image: z.string(),
  imageID: z.string(),
  containerID: z.string().optional(),
  state: stateSchema,
  lastState: stateSchema.default({}),
});

export const conditionSchema = z.looseObject({
  type: z.string(),
  status: z.enum(['True', 'False', 'Unknown']),
  reason: z.string().optional(),
  message: z.string().optional(),
  lastTransitionTime: z.string().optional(),
});

export const podSchema = objectSchema.extend({
  metadata: metadataSchema,
  spec: podSpecSchema,
  status: z
    .looseObject({
      phase: z.enum(['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown']).default('Pending'),
      conditions: z.array(conditionSchema).optional(),
      containerStatuses: z.array(containerStatusSchema).optional(),
      podIP: z.string().optional(),
      startTime: z.string().optional(),
    })
    .prefault({}),
});

export type Pod = z.infer<typeof podSchema>;
export type PodTemplate = z.infer<typeof podTemplateSchema>;
export type Container = z.infer<typeof containerSchema>;
export type Condition = z.infer<typeof conditionSchema>;
export type ContainerStatus = z.infer<typeof containerStatusSchema>;
export type ContainerState = z.infer<typeof stateSchema>;

/** The annotation that holds the port on which a pod's process really listens (all pods share the loopback address). */
export const portAnnotation = 'sandbox.hotswap.dev/port';

export function podCondition(pod: Pod, type: string): Condition | undefined {
  return pod.status.conditions?.find((condition) => condition.type === type);
}

export function isPodReady(pod: Pod): boolean {
  return podCondition(pod, 'Ready')?.status === 'True';
}

/** Ready for at least minReadySeconds, and not being deleted. */
export function isPodAvailable(pod: Pod, minReadySeconds: number, now: Date): boolean {
  const ready = podCondition(pod, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  return Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000 <= now.getTime();
}

/** Not finished and not being deleted. */
export function isPodActive(pod: Pod): boolean {
  return pod.status.phase !== 'Succeeded' && pod.status.phase !== 'Failed' && pod.metadata.deletionTimestamp === undefined;
}
