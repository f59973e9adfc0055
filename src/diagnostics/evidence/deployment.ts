import { z } from 'zod';
import { ReadError } from '../../clients/read-errors.ts';
import { poolSetting } from '../rules/connection-string.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { labelSelectorText } from './label-selector.ts';
import {
  ContainerAnswer,
  type ContainerTemplate,
  containerTemplate,
  hashOf,
  type InitContainer,
  podTemplate,
  TemplateAnswer,
} from './pod-template.ts';

const Condition = z.object({
  type: z.string(),
  status: z.string(),
  reason: z.string().default(''),
  message: z.string().default(''),
  lastTransitionTime: z.date().nullish(),
});
const Container = ContainerAnswer.extend({
  envFrom: z.array(z.unknown()).default([]),
  ports: z.array(z.object({ name: z.string().default(''), containerPort: z.number() })).default([]),
});
type Variable = z.output<typeof ContainerAnswer>['env'][number];
const IntOrString = z.union([z.number(), z.string()]);
const Answer = z.object({
  metadata: z.object({
    name: z.string(),
    uid: z.string(),
    generation: z.number().default(0),
    labels: z.record(z.string(), z.string()).default({}),
    annotations: z.record(z.string(), z.string()).default({}),
  }),
  spec: z.object({
    replicas: z.number().int().default(1),
    paused: z.boolean().default(false),
    selector: z.object({
      matchLabels: z.record(z.string(), z.string()).default({}),
      matchExpressions: z.array(z.object({ key: z.string(), operator: z.string(), values: z.array(z.string()).default([]) })).default([]),
    }),
    strategy: z
      .object({
        type: z.string().default('RollingUpdate'),
        rollingUpdate: z.object({ maxSurge: IntOrString.default('25%'), maxUnavailable: IntOrString.default('25%') }).prefault({}),
      })
      .prefault({}),
    progressDeadlineSeconds: z.number().default(600),
    template: TemplateAnswer.extend({ spec: TemplateAnswer.shape.spec.extend({ containers: z.array(Container).min(1) }) }),
  }),
  status: z
    .object({
      observedGeneration: z.number().default(0),
      replicas: z.number().default(0),
      updatedReplicas: z.number().default(0),
      readyReplicas: z.number().default(0),
      availableReplicas: z.number().default(0),
      conditions: z.array(Condition).default([]),
    })
    .prefault({}),
});

/** Who else writes the object, and will undo or drift from a manual change. */
export type Manager = 'Helm' | 'Argo CD' | 'Flux';

/** A connection string of the container's environment, without its value. */
export interface ConnectionString {
  readonly variable: string;
  /** `literal`: the pool size could be read. `reference`: it comes from a Secret or ConfigMap, which the bot does not read. */
  readonly kind: 'literal' | 'reference';
  /** Null: the connection string does not say, so the driver's default holds. */
  readonly poolSize: number | null;
}

/** A variable of the container's environment. Values are shown only where the configuration says that they are no secret. */
export interface EnvironmentVariable {
  readonly name: string;
  readonly kind: 'literal' | 'reference';
  /** Null: it comes from elsewhere, or may be secret. */
  readonly value: string | null;
  /** Tells whether a value has changed without showing it. Null: it comes from elsewhere. */
  readonly hash: string | null;
}

interface DeploymentContainer extends Omit<ContainerTemplate, 'variables'> {
  readonly ports: readonly { readonly name: string; readonly number: number }[];
}

export interface Deployment {
  readonly name: string;
  readonly uid: string;
  readonly generation: number;
  readonly observedGeneration: number;
  readonly replicas: number;
  readonly paused: boolean;
  readonly selector: string;
  /** Labels of the pod template: what the selectors of Services are held against. */
  readonly podLabels: Readonly<Record<string, string>>;
  readonly strategy: string;
  readonly maxSurge: number | string;
  readonly progressDeadlineSeconds: number;
  readonly revision: number | null;
  readonly restartedAt: string | null;
  readonly managedBy: readonly Manager[];
  readonly counts: { readonly replicas: number; readonly updated: number; readonly ready: number; readonly available: number };
  readonly conditions: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason: string;
    readonly message: string;
    /** When it last changed its status. */
    readonly since: Date | null;
  }[];
  readonly containers: readonly DeploymentContainer[];
  readonly initContainers: readonly InitContainer[];
  /** The application's container: the configured one, or the only one; null where it cannot be told. */
  readonly container: string | null;
  readonly connectionStrings: readonly ConnectionString[];
  readonly variables: readonly EnvironmentVariable[];
  /** Names of the Secrets that images are pulled with. */
  readonly pullSecrets: readonly string[];
  /** True where variables come from a whole Secret or ConfigMap: connection strings may be among them. */
  readonly hasEnvironmentFrom: boolean;
}

export const deployment = defineSource<Deployment>({
  id: 'k8s.deployment',
  title: 'Deployment',
  permission: 'Role rule {apiGroups: ["apps"], resources: ["deployments"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, `get deployment ${target.kubernetes.deployment} -o yaml`),
  async collect({ target, clients, signal }) {
    const { namespace, deployment: name, container } = target.kubernetes;
    const answer = parseAnswer(Answer, await clients.kubernetes.deployment(namespace, name, signal), 'The Deployment');
    if (container !== undefined && !answer.spec.template.spec.containers.some((one) => one.name === container))
      throw new ReadError('not-found', `The Deployment has no container "${container}".`, {
        mend: `Set kubernetes.container to one of: ${answer.spec.template.spec.containers.map((one) => one.name).join(', ')}.`,
      });
    const readable = new RegExp(`^(?:${target.application.readableVariables})$`);
    return { data: normalise(answer, container, readable), complete: true };
  },
});

function normalise({ metadata, spec, status }: z.output<typeof Answer>, configured: string | undefined, readable: RegExp): Deployment {
  const [first, ...others] = spec.template.spec.containers;
  const container = configured ?? (others.length === 0 ? first?.name : undefined) ?? null;
  const own = spec.template.spec.containers.find((one) => one.name === container);
  const { initContainers, pullSecrets, restartedAt } = podTemplate(spec.template);
  return {
    name: metadata.name,
    uid: metadata.uid,
    generation: metadata.generation,
    observedGeneration: status.observedGeneration,
    replicas: spec.replicas,
    paused: spec.paused,
    selector: labelSelectorText(spec.selector),
    podLabels: spec.template.metadata.labels,
    strategy: spec.strategy.type,
    maxSurge: spec.strategy.rollingUpdate.maxSurge,
    progressDeadlineSeconds: spec.progressDeadlineSeconds,
    revision: revisionOf(metadata.annotations),
    restartedAt,
    managedBy: managersOf(metadata.labels, metadata.annotations),
    counts: {
      replicas: status.replicas,
      updated: status.updatedReplicas,
      ready: status.readyReplicas,
      available: status.availableReplicas,
    },
    conditions: status.conditions.map(({ lastTransitionTime, ...condition }) => ({ ...condition, since: lastTransitionTime ?? null })),
    containers: spec.template.spec.containers.map(deploymentContainer),
    initContainers,
    container,
    connectionStrings: (own?.env ?? []).flatMap(connectionString),
    variables: (own?.env ?? []).map((variable) => environmentVariable(variable, readable)),
    pullSecrets,
    hasEnvironmentFrom: (own?.envFrom.length ?? 0) > 0,
  };
}

function deploymentContainer({ ports, ...container }: z.output<typeof Container>): DeploymentContainer {
  const { variables: _, ...template } = containerTemplate(container);
  return { ...template, ports: ports.map(({ name, containerPort }) => ({ name, number: containerPort })) };
}

function environmentVariable({ name, value, valueFrom }: Variable, readable: RegExp): EnvironmentVariable {
  if (value === undefined || (valueFrom !== undefined && valueFrom !== null)) return { name, kind: 'reference', value: null, hash: null };
  return { name, kind: 'literal', value: readable.test(name) ? value : null, hash: hashOf(value) };
}

/** The Deployment controller writes the revision as a decimal number. */
export function revisionOf(annotations: Readonly<Record<string, string>>): number | null {
  const revision = Number(annotations['deployment.kubernetes.io/revision']);
  return Number.isInteger(revision) && revision > 0 ? revision : null;
}

function managersOf(labels: Readonly<Record<string, string>>, annotations: Readonly<Record<string, string>>): Manager[] {
  const names = [...Object.keys(labels), ...Object.keys(annotations)];
  const managers: Manager[] = [];
  if (labels['app.kubernetes.io/managed-by'] === 'Helm' || 'meta.helm.sh/release-name' in annotations) managers.push('Helm');
  if (names.some((name) => name.startsWith('argocd.argoproj.io/'))) managers.push('Argo CD');
  if (names.some((name) => /^(?:kustomize|helm)\.toolkit\.fluxcd\.io\//.test(name))) managers.push('Flux');
  return managers;
}

function connectionString({ name, value, valueFrom }: Variable): ConnectionString[] {
  if (!/^ConnectionStrings__/i.test(name)) return [];
  if (value === undefined) return [{ variable: name, kind: 'reference', poolSize: null }];
  if (valueFrom !== undefined && valueFrom !== null) return [{ variable: name, kind: 'reference', poolSize: null }];
  if (!/\b(?:host|server|data source)\s*=/i.test(value)) return []; // a name in this place that is no connection string has no effect
  const pool = poolSetting(value);
  return [{ variable: name, kind: 'literal', poolSize: pool.kind === 'size' ? pool.size : null }];
}
