import type { MetricsSource } from '../api/context.ts';
import type { Faults } from '../api/faults.ts';
import { selectorText, selects } from '../api/selectors.ts';
import type { Autoscaler } from '../kinds/autoscaler.ts';
import type { Condition } from '../kinds/pod.ts';
import type { Deployment } from '../kinds/workload.ts';
import { formatBytes } from '../quantity.ts';
import { kubeTime } from '../store/object.ts';
import { type Bounded, bounded, type Recommendations } from './autoscaler-bounds.ts';
import { type Proposal, proposeReplicas, type ResourceKind } from './autoscaler-metrics.ts';
import type { ControllerContext } from './context.ts';

const component = 'horizontal-pod-autoscaler';
const tolerance = 0.1;
const initializationMs = 300_000;

export interface AutoscalerOptions {
  /** Between two syncs, in ms of this cluster (a real one: 15 s). */
  readonly syncMs: number;
  /** How long a higher recommendation holds a scale-down back, in ms of this cluster (a real one: 300 s). */
  readonly downscaleStabilisationMs: number;
  readonly metrics: MetricsSource;
  readonly faults: Faults;
  /** Whether metrics.k8s.io is served at all. */
  readonly metricsServed: boolean;
}

type Status = Autoscaler['status'];
type CurrentMetric = NonNullable<Status['currentMetrics']>[number];

interface Computed {
  readonly replicas: number;
  readonly reason: string;
  readonly metrics: CurrentMetric[];
}

/** Scales Deployments by the utilization of cpu and memory, as kubernetes pkg/controller/podautoscaler does. */
export function autoscaling(context: ControllerContext, options: AutoscalerOptions): () => void {
  const recommendations: Recommendations = new Map();
  let nextAt = 0;
  return () => {
    const now = context.now().getTime();
    if (now < nextAt) return;
    nextAt = now + options.syncMs;
    for (const autoscaler of context.store.horizontalpodautoscalers.list()) new Sync(context, options, autoscaler, recommendations).run();
  };
}

/** One look at one autoscaler. */
class Sync {
  readonly #context: ControllerContext;
  readonly #options: AutoscalerOptions;
  readonly #autoscaler: Autoscaler;
  readonly #recommendations: Recommendations;
  readonly #conditions: Condition[];

  constructor(context: ControllerContext, options: AutoscalerOptions, autoscaler: Autoscaler, recommendations: Recommendations) {
    this.#context = context;
    this.#options = options;
    this.#autoscaler = autoscaler;
    this.#recommendations = recommendations;
    this.#conditions = structuredClone(autoscaler.status.conditions ?? []);
  }

  run(): void {
    const { scaleTargetRef } = this.#autoscaler.spec;
    const deployment = this.#context.store.deployments.get(this.#autoscaler.metadata.namespace ?? '', scaleTargetRef.name);
    if (!deployment || scaleTargetRef.kind !== 'Deployment') {
      const problem = `${scaleTargetRef.kind.toLowerCase()}s.apps "${scaleTargetRef.name}" not found`;
      this.#set('AbleToScale', 'False', 'FailedGetScale', `the HPA controller was unable to get the target's current scale: ${problem}`);
      this.#event('Warning', 'FailedGetScale', problem);
      this.#write({ desiredReplicas: this.#autoscaler.status.desiredReplicas });
      return;
    }
    this.#set('AbleToScale', 'True', 'SucceededGetScale', "the HPA controller was able to get the target's current scale");
    this.#scale(deployment);
  }

  #scale(deployment: Deployment): void {
    const current = deployment.spec.replicas;
    const { minReplicas, maxReplicas } = this.#autoscaler.spec;
    const observed = deployment.status.replicas ?? 0;
    if (current === 0) {
      this.#set('ScalingActive', 'False', 'ScalingDisabled', 'scaling is disabled since the replica count of the target is zero');
      this.#write({ currentReplicas: observed, desiredReplicas: 0 });
      return;
    }
    if (current > maxReplicas) this.#rescale(deployment, maxReplicas, 'Current number of replicas above Spec.MaxReplicas', []);
    else if (current < minReplicas) this.#rescale(deployment, minReplicas, 'Current number of replicas below Spec.MinReplicas', []);
    else this.#scaleByMetrics(deployment, current, observed);
  }

  #scaleByMetrics(deployment: Deployment, current: number, observed: number): void {
    const computed = this.#compute(deployment);
    if (!computed) {
      this.#write({ currentReplicas: observed, desiredReplicas: current });
      return;
    }
    const result = this.#bound(current, computed.replicas);
    if (result.replicas === current) {
      this.#write({ currentReplicas: observed, desiredReplicas: current, currentMetrics: computed.metrics });
      return;
    }
    const reason = result.replicas > current ? `${computed.reason} above target` : 'All metrics below target';
    this.#rescale(deployment, result.replicas, reason, computed.metrics);
  }

  #bound(current: number, wanted: number): Bounded {
    const stabilisationMs = this.#autoscaler.spec.behavior?.scaleDown?.stabilizationWindowSeconds;
    const windowMs =
      stabilisationMs === undefined ? this.#options.downscaleStabilisationMs : (stabilisationMs * 1000) / this.#context.timeScale;
    const result = bounded(this.#recommendations, this.#autoscaler, current, wanted, windowMs, this.#context.now().getTime());
    this.#set('AbleToScale', 'True', result.able.reason, result.able.message);
    this.#set('ScalingLimited', result.limited ? 'True' : 'False', result.why.reason, result.why.message);
    return result;
  }

  /** The highest count that any metric asks for; undefined when one cannot be told and the others do not ask for more. */
  #compute(deployment: Deployment): Computed | undefined {
    const results: Computed[] = [];
    const problems: string[] = [];
    for (const metric of this.#autoscaler.spec.metrics) {
      const name = metric.resource?.name;
      const target = metric.resource?.target.averageUtilization;
      if ((name !== 'cpu' && name !== 'memory') || target === undefined) continue;
      try {
        const proposal = this.#propose(deployment, name, target);
        results.push({
          replicas: proposal.replicas,
          reason: `${name} resource utilization (percentage of request)`,
          metrics: [currentMetric(name, proposal)],
        });
      } catch (error) {
        problems.push(`failed to get ${name} utilization: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    const [problem] = problems;
    const highest = results.reduce<Computed | undefined>((best, item) => (best && best.replicas >= item.replicas ? best : item), undefined);
    if (!highest || (problem !== undefined && highest.replicas < deployment.spec.replicas)) {
      this.#failed(problem ?? 'no recognized metric');
      return undefined;
    }
    this.#set(
      'ScalingActive',
      'True',
      'ValidMetricFound',
      `the HPA was able to successfully calculate a replica count from ${highest.reason}`,
    );
    return { ...highest, metrics: results.flatMap(({ metrics }) => metrics) };
  }

  #failed(problem: string): void {
    this.#set('ScalingActive', 'False', 'FailedGetResourceMetric', `the HPA was unable to compute the replica count: ${problem}`);
    this.#event('Warning', 'FailedGetResourceMetric', problem);
    this.#event('Warning', 'FailedComputeMetricsReplicas', `invalid metrics (1 invalid out of 1), first error is: ${problem}`);
  }

  #propose(deployment: Deployment, resource: ResourceKind, targetUtilization: number): Proposal {
    const { namespace = '' } = deployment.metadata;
    const { selector } = deployment.spec;
    this.#requireMetrics(namespace, resource, selectorText(selector));
    const usage = this.#options.metrics.pods().filter((item) => item.namespace === namespace && selects(selector, item.labels));
    const pods = this.#context.store.pods.list(namespace).filter(({ metadata }) => selects(selector, metadata.labels));
    const initialization = initializationMs / this.#context.timeScale;
    const currentReplicas = deployment.spec.replicas;
    const now = this.#context.now();
    return proposeReplicas({ pods, usage, currentReplicas, targetUtilization, resource, tolerance, now, initializationMs: initialization });
  }

  /** The controller reads the metrics API like any client, so a fault of that path hits it too. */
  #requireMetrics(namespace: string, resource: string, selector: string): void {
    const unable = `unable to get metrics for resource ${resource}: unable to fetch metrics from resource metrics API:`;
    if (!this.#options.metricsServed)
      throw new Error(`${unable} the server could not find the requested resource (get pods.metrics.k8s.io)`);
    const query = `labelSelector=${encodeURIComponent(selector)}`;
    const { status } = this.#options.faults.on(`/apis/metrics.k8s.io/v1beta1/namespaces/${namespace}/pods?${query}`);
    if (status === undefined) return;
    const problem =
      status === 503 ? 'the server is currently unable to handle the request' : 'the server could not find the requested resource';
    throw new Error(`${unable} ${problem} (get pods.metrics.k8s.io)`);
  }

  #rescale(deployment: Deployment, replicas: number, reason: string, metrics: CurrentMetric[]): void {
    const { namespace = '', name } = deployment.metadata;
    const before = deployment.status.replicas ?? 0;
    const change = (draft: Deployment): void => {
      draft.spec.replicas = replicas;
    };
    this.#context.store.deployments.modify(namespace, name, change, 'all');
    this.#set('AbleToScale', 'True', 'SucceededRescale', `the HPA controller was able to update the target scale to ${replicas}`);
    this.#event('Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    const lastScaleTime = kubeTime(this.#context.now());
    this.#write({
      currentReplicas: before,
      desiredReplicas: replicas,
      lastScaleTime,
      ...(metrics.length > 0 ? { currentMetrics: metrics } : {}),
    });
  }

  #set(type: string, status: 'True' | 'False', reason: string, message: string): void {
    const before = this.#conditions.find((condition) => condition.type === type);
    const lastTransitionTime = before?.status === status ? before.lastTransitionTime : kubeTime(this.#context.now());
    const condition: Condition = { type, status, reason, message, lastTransitionTime };
    if (before) Object.assign(before, condition);
    else this.#conditions.push(condition);
  }

  #event(type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#context.events.record(component, this.#autoscaler, type, reason, message);
  }

  #write(status: Status): void {
    const { namespace = '', name } = this.#autoscaler.metadata;
    this.#context.store.horizontalpodautoscalers.modify(namespace, name, (draft) => {
      const { lastScaleTime, currentMetrics } = draft.status;
      draft.status = {
        ...(lastScaleTime === undefined ? {} : { lastScaleTime }),
        ...(currentMetrics === undefined ? {} : { currentMetrics }),
        ...status,
        conditions: this.#conditions,
      };
    });
  }
}

function currentMetric(name: ResourceKind, proposal: Proposal): CurrentMetric {
  const averageValue = name === 'cpu' ? `${Math.ceil(proposal.average * 1000 - 1e-6)}m` : formatBytes(proposal.average);
  return { type: 'Resource', resource: { name, current: { averageUtilization: proposal.utilization, averageValue } } };
}
