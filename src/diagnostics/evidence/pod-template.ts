import { createHash } from 'node:crypto';
import { z } from 'zod';

/** What a Deployment, or a revision of it, makes pods from. Values of variables stay unread: a hash tells whether one has changed. */
export interface PodTemplate {
  readonly containers: readonly ContainerTemplate[];
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
export const ProbeAnswer = z.object({
  httpGet: z.object({ path: z.string().default('/'), port: Port }).nullish(),
  tcpSocket: z.object({ port: Port }).nullish(),
  initialDelaySeconds: z.number().default(0),
  periodSeconds: z.number().default(10),
  timeoutSeconds: z.number().default(1),
  failureThreshold: z.number().default(3),
});
const Quantities = z.record(z.string(), z.string()).default({});
const Variable = z.object({ name: z.string(), value: z.string().optional(), valueFrom: z.unknown().optional() });
const Container = z.object({
  name: z.string(),
  image: z.string().default(''),
  env: z.array(Variable).default([]),
  resources: z.object({ limits: Quantities, requests: Quantities }).prefault({}),
  readinessProbe: ProbeAnswer.nullish(),
  livenessProbe: ProbeAnswer.nullish(),
  startupProbe: ProbeAnswer.nullish(),
});

/** spec.template of a Deployment or a ReplicaSet. */
export const TemplateAnswer = z.object({
  metadata: z.object({ annotations: z.record(z.string(), z.string()).default({}) }).prefault({}),
  spec: z.object({
    containers: z.array(Container),
    imagePullSecrets: z.array(z.object({ name: z.string().default('') })).default([]),
  }),
});

const HASH_LENGTH = 12;

export function podTemplate({ metadata, spec }: z.output<typeof TemplateAnswer>): PodTemplate {
  return {
    containers: spec.containers.map(({ name, image, env, resources: { limits, requests }, ...probes }) => ({
      name,
      image,
      cpuRequest: requests.cpu ?? null,
      cpuLimit: limits.cpu ?? null,
      memoryRequest: requests.memory ?? null,
      memoryLimit: limits.memory ?? null,
      variables: env.map((variable) => ({ name: variable.name, hash: hashOf(variable.valueFrom ?? variable.value ?? '') })),
      readiness: probeTemplate(probes.readinessProbe),
      liveness: probeTemplate(probes.livenessProbe),
      startup: probeTemplate(probes.startupProbe),
    })),
    pullSecrets: spec.imagePullSecrets.flatMap(({ name }) => (name === '' ? [] : [name])),
    restartedAt: metadata.annotations['kubectl.kubernetes.io/restartedAt'] ?? null,
  };
}

export function probeTemplate(probe: z.output<typeof ProbeAnswer> | null | undefined): ProbeTemplate | null {
  if (probe === null || probe === undefined) return null;
  const { httpGet, tcpSocket, ...times } = probe;
  const port = httpGet?.port ?? tcpSocket?.port;
  return { path: httpGet?.path ?? null, port: port === undefined ? null : String(port), ...times };
}

const hashOf = (value: unknown) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, HASH_LENGTH);
