import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What a Deployment, or a revision of it, makes pods from. Values of variables stay unread: a hash tells whether one has changed. */
export interface PodTemplate {
  readonly containers: readonly ContainerTemplate[];
  readonly initContainers: readonly InitContainer[];
  /** Names of the Secrets that images are pulled with. */
  readonly pullSecrets: readonly string[];
  readonly restartedAt: string | null;
}

export interface ContainerTemplate {
  readonly name: string;
  readonly image: string;
  readonly cpuRequest: string | null;
  readonly cpuLimit: string | null;
  readonly memoryRequest: string | null;
  readonly memoryLimit: string | null;
  readonly variables: readonly { readonly name: string; readonly hash: string }[];
  readonly readiness: ProbeTemplate | null;
  readonly liveness: ProbeTemplate | null;
  readonly startup: ProbeTemplate | null;
}

/** Runs before the others: to its end, or, as a sidecar, as long as they do. */
export interface InitContainer extends Pick<ContainerTemplate, 'name' | 'cpuRequest' | 'cpuLimit' | 'memoryRequest' | 'memoryLimit'> {
  readonly sidecar: boolean;
}

/** A probe of the kubelet; times in seconds. */
export interface ProbeTemplate {
  /** Null: it is no HTTP probe. */
  readonly path: string | null;
  /** Number or name of the port; null: it has none. */
  readonly port: string | null;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly failureThreshold: number;
}

const Port = z.union([z.number(), z.string()]);
/** Defaults are those of the API server, which fills them in itself. */
const ProbeAnswer = z.object({
  httpGet: z.object({ path: z.string().default('/'), port: Port }).nullish(),
  tcpSocket: z.object({ port: Port }).nullish(),
  initialDelaySeconds: z.number().default(0),
  periodSeconds: z.number().default(10),
  timeoutSeconds: z.number().default(1),
  failureThreshold: z.number().default(3),
});
const Quantities = z.record(z.string(), z.string()).default({});
const Variable = z.object({ name: z.string(), value: z.string().optional(), valueFrom: z.unknown().optional() });
export const ContainerAnswer = z.object({
  name: z.string(),
  image: z.string().default(''),
  env: z.array(Variable).default([]),
  resources: z.object({ limits: Quantities, requests: Quantities }).prefault({}),
  readinessProbe: ProbeAnswer.nullish(),
  livenessProbe: ProbeAnswer.nullish(),
  startupProbe: ProbeAnswer.nullish(),
});

const Texts = z.record(z.string(), z.string()).default({});

/** spec.template of a Deployment or a ReplicaSet. */
export const TemplateAnswer = z.object({
  metadata: z.object({ annotations: Texts, labels: Texts }).prefault({}),
  spec: z.object({
    containers: z.array(ContainerAnswer),
    initContainers: z.array(ContainerAnswer.extend({ restartPolicy: z.string().optional() })).default([]),
    imagePullSecrets: z.array(z.object({ name: z.string().default('') })).default([]),
  }),
});

const HASH_LENGTH = 12;

export function podTemplate({ metadata, spec }: z.output<typeof TemplateAnswer>): PodTemplate {
  return {
    containers: spec.containers.map(containerTemplate),
    initContainers: spec.initContainers.map(({ name, resources, restartPolicy }) => ({
      name,
      ...resourcesOf(resources),
      sidecar: restartPolicy === 'Always',
    })),
    pullSecrets: spec.imagePullSecrets.flatMap(({ name }) => (name === '' ? [] : [name])),
    restartedAt: metadata.annotations['kubectl.kubernetes.io/restartedAt'] ?? null,
  };
}

export function containerTemplate(container: z.output<typeof ContainerAnswer>): ContainerTemplate {
  const { name, image, env, resources, readinessProbe, livenessProbe, startupProbe } = container;
  return {
    name,
    image,
    ...resourcesOf(resources),
    variables: env.map((variable) => ({ name: variable.name, hash: hashOf(variable.valueFrom ?? variable.value ?? '') })),
    readiness: probeTemplate(readinessProbe),
    liveness: probeTemplate(livenessProbe),
    startup: probeTemplate(startupProbe),
  };
}

function resourcesOf({ limits, requests }: z.output<typeof ContainerAnswer>['resources']) {
  return {
    cpuRequest: requests.cpu ?? null,
    cpuLimit: limits.cpu ?? null,
    memoryRequest: requests.memory ?? null,
    memoryLimit: limits.memory ?? null,
  };
}

function probeTemplate(probe: z.output<typeof ProbeAnswer> | null | undefined): ProbeTemplate | null {
  if (probe === null || probe === undefined) return null;
  const { httpGet, tcpSocket, ...times } = probe;
  const port = httpGet?.port ?? tcpSocket?.port;
  return { path: httpGet?.path ?? null, port: port === undefined ? null : String(port), ...times };
}

/** Tells whether something has changed without showing it. */
export const hashOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, HASH_LENGTH);
