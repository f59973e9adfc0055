import { type Deployment, deployment } from '../evidence/deployment.ts';
import { secondsSince } from '../rules/moments.ts';
import { short, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type DeploymentFacts = {
  desired: number;
  ready: number;
  available: number;
  updated: number;
  paused: boolean;
  rollingOut: boolean;
  /** The rollout has not moved for longer than its deadline. */
  stalled: boolean;
  /** What the API server says to new pods, where it takes none; empty: nothing. */
  replicaFailure: string;
  /** Since when too few replicas are available; null: they are, or it is not said. */
  unavailableSeconds: number | null;
  strategy: string;
  managedBy: string[];
  image: string;
  container: string | null;
  memoryLimit: string | null;
  memoryRequest: string | null;
  readinessPath: string | null;
  readinessPort: string | null;
  livenessPath: string | null;
  /** What the kubelet allows before it kills a container, as "every 10 s, 3 times, within 1 s, after 0 s". */
  livenessBudget: string | null;
  startupProbe: boolean;
  pullSecrets: string[];
  /** Variables whose values may be shown. */
  variables: { name: string; value: string }[];
};

export const k8sDeployment = defineCheck({
  id: 'k8s.deployment',
  title: 'Deployment',
  needs: { deployment },
  judge({ deployment: { data } }, { now }): Judgement<DeploymentFacts> {
    const { counts, replicas } = data;
    const facts = factsOf(data, now);
    const broken =
      condition(data, 'ReplicaFailure', 'True') ??
      condition(data, 'Progressing', 'False', 'ProgressDeadlineExceeded') ??
      condition(data, 'Available', 'False');
    if (replicas === 0) return { verdict: 'fail', summary: 'The Deployment is scaled to 0.', facts };
    if (counts.available === 0) return { verdict: 'fail', summary: `None of ${replicas} replicas is available.`, facts };
    if (broken !== undefined)
      return { verdict: 'fail', summary: `${MEANING[broken.type] ?? broken.type}: ${short(broken.message || broken.reason)}`, facts };
    const doubts = [
      ...(counts.available < replicas ? [`${counts.available} of ${replicas} replicas are available`] : []),
      ...(data.paused ? ['its rollout is paused'] : []),
      ...(data.observedGeneration < data.generation ? ['its last change has not been taken up yet'] : []),
    ];
    if (doubts.length > 0) return { verdict: 'warn', summary: `The Deployment is not settled: ${some(doubts)}.`, facts };
    return { verdict: 'ok', summary: `${counts.available} of ${replicas} replicas are available.`, facts };
  },
});

/** What the conditions that are looked for mean, where they are what is wrong. */
const MEANING: Readonly<Record<string, string>> = {
  ReplicaFailure: 'Kubernetes cannot create pods',
  Progressing: 'The rollout does not get on',
  Available: 'Too few replicas are available',
};

function condition({ conditions }: Deployment, type: string, status: string, reason?: string) {
  return conditions.find((one) => one.type === type && one.status === status && (reason === undefined || one.reason === reason));
}

function factsOf(data: Deployment, now: Date): DeploymentFacts {
  const { counts, replicas } = data;
  const own = data.containers.find(({ name }) => name === data.container);
  const failure = condition(data, 'ReplicaFailure', 'True');
  const unavailable = condition(data, 'Available', 'False');
  return {
    desired: replicas,
    ready: counts.ready,
    available: counts.available,
    updated: counts.updated,
    paused: data.paused,
    rollingOut: data.observedGeneration < data.generation || counts.updated < replicas,
    stalled: condition(data, 'Progressing', 'False', 'ProgressDeadlineExceeded') !== undefined,
    replicaFailure: failure === undefined ? '' : failure.message || failure.reason,
    unavailableSeconds: secondsSince(unavailable?.since ?? null, now),
    strategy: data.strategy,
    managedBy: [...data.managedBy],
    image: own?.image ?? '',
    container: data.container,
    memoryLimit: own?.memoryLimit ?? null,
    memoryRequest: own?.memoryRequest ?? null,
    readinessPath: own?.readiness?.path ?? null,
    readinessPort: portOf(own, own?.readiness?.port ?? null),
    livenessPath: own?.liveness?.path ?? null,
    livenessBudget: budgetOf(own?.liveness ?? null),
    startupProbe: own?.startup !== null && own?.startup !== undefined,
    pullSecrets: [...data.pullSecrets],
    variables: data.variables.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }])),
  };
}

/** Probes may name a port of the container. */
function portOf(container: Deployment['containers'][number] | undefined, port: string | null): string | null {
  const named = container?.ports.find(({ name }) => name === port);
  return named === undefined ? port : String(named.number);
}

function budgetOf(probe: Deployment['containers'][number]['liveness']): string | null {
  if (probe === null) return null;
  const { periodSeconds, failureThreshold, timeoutSeconds, initialDelaySeconds } = probe;
  return `every ${periodSeconds} s, ${failureThreshold} times in a row, within ${timeoutSeconds} s, after ${initialDelaySeconds} s`;
}
