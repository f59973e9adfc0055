import type { ContainerName } from '../service/cadvisor.ts';
import type { PastLabels } from '../service/history.ts';
import type { RunningPod } from '../service/runtime.ts';

/** A target of Prometheus: where the page is and how its series are labelled. */
export interface Target {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
}

const KUBELET = { job: 'kubelet', metrics_path: '/metrics/cadvisor', instance: 'sandbox-node-1' };

/** The pods' own pages, and that of the kubelet, labelled as a ServiceMonitor would. */
export function targetsOf(pods: readonly RunningPod[], cadvisorUrl: string): readonly Target[] {
  const own = pods.map((pod) => ({ url: `http://${pod.process.host}:${pod.process.port}/metrics`, labels: podLabels(pod) }));
  return [...own, { url: cadvisorUrl, labels: KUBELET }];
}

/** How Prometheus labels the series of a pod that has been running for a day. */
export function pastLabels(pod: RunningPod): PastLabels {
  return { target: podLabels(pod), kubelet: KUBELET, container: containerName(pod) };
}

export function containerName({ spec }: RunningPod): ContainerName {
  return { namespace: spec.namespace, pod: spec.name, container: spec.container.name };
}

function podLabels({ spec, process }: RunningPod): Readonly<Record<string, string>> {
  return {
    job: 'hotswap-api',
    namespace: spec.namespace,
    pod: spec.name,
    container: spec.container.name,
    service: 'hotswap-api',
    endpoint: 'http',
    instance: `${process.host}:${process.port}`,
  };
}
