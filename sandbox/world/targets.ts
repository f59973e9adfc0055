import type { ContainerName } from '../service/cadvisor.ts';
import type { PastLabels } from '../service/history.ts';
import type { RunningPod } from '../service/runtime.ts';
import type { ScrapedPort } from './prometheus-operator.ts';

/** A target of Prometheus: where the page is and how its series are labelled. */
export interface Target {
  readonly url: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What discovery knows besides, and relabelling does not keep. */
  readonly discovered?: Readonly<Record<string, string>>;
}

const KUBELET = { job: 'kubelet', metrics_path: '/metrics/cadvisor', instance: 'sandbox-node-1' };

/** The port that hotswap-api serves at, in its container. */
const CONTAINER_PORT = 8080;

/** The pages that Prometheus is told to scrape, labelled as the operator does, and that of the kubelet. */
export function targetsOf(
  pods: readonly RunningPod[],
  cadvisorUrl: string,
  scraped: readonly ScrapedPort[] | undefined,
): readonly Target[] {
  const ports = scraped ?? pods.map(({ spec }) => everyPod(spec.namespace, spec.name));
  const own = ports.flatMap((port) => {
    const pod = pods.find(({ spec }) => spec.namespace === port.namespace && spec.name === port.pod);
    return pod === undefined ? [] : [targetOf(pod, port)];
  });
  return [...own, { url: cadvisorUrl, labels: KUBELET }];
}

const everyPod = (namespace: string, pod: string): ScrapedPort => ({
  namespace,
  pod,
  service: 'hotswap-api',
  endpoint: 'http',
  port: CONTAINER_PORT,
  path: '/metrics',
});

function targetOf(pod: RunningPod, { namespace, pod: name, service, endpoint, port, path }: ScrapedPort): Target {
  const { host } = pod.process;
  // A pod's real port stands for the one that the service listens at; at any other nobody is there.
  const address = `${host}:${port === CONTAINER_PORT ? pod.process.port : port}`;
  const meta = { namespace, pod_name: name, service_name: service };
  return {
    url: `http://${address}${path}`,
    labels: { ...podLabels(pod), service, endpoint, instance: address },
    discovered: Object.fromEntries(Object.entries(meta).map(([key, value]) => [`__meta_kubernetes_${key}`, value])),
  };
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
