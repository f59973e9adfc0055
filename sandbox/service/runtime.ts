import { idleRuntime, type PodProcess, type PodRuntime, type RunningPodSpec } from '../kubernetes/runtime.ts';
import type { Draws } from '../random.ts';
import type { Builds } from './builds.ts';
import { ClusterNames } from './cluster-names.ts';
import { HotswapApiPod } from './pod.ts';
import { readPodEnvironment } from './pod-environment.ts';
import { type Leak, PodModel, type PodShape } from './pod-model.ts';
import type { Machine } from './pod-parts.ts';

/** A pod of hotswap-api that runs, with what Kubernetes calls it. */
export interface RunningPod {
  readonly spec: RunningPodSpec;
  readonly process: HotswapApiPod;
}

/** Finds the model of a pod that has been running for longer than the sandbox. */
type Past = (spec: RunningPodSpec, shape: PodShape) => PodModel | undefined;

/** The container of hotswap-api in its pods; whatever else runs in the cluster does nothing that matters here. */
export const CONTAINER = 'hotswap-api';

/** CPU of a container without a limit: what its node has. */
const NODE_MILLICORES = 4_000;
const STARTUP_MS = { from: 900, to: 1_900 };

/** Runs the containers of hotswap-api in this process and knows which run. */
export class ServiceRuntime implements PodRuntime {
  readonly #pods = new Map<string, RunningPod>();
  readonly #random: Draws;
  readonly #builds: Builds;
  readonly #past: Past;
  readonly #isolated = new Set<string>();
  readonly #leaks = new Map<string, Leak>();
  /** Hosts outside of the cluster, as the pods know them. */
  readonly names = new ClusterNames();

  /**
   * @param builds what the program of each image does
   * @param past the model of a pod that has been running for longer than the sandbox; undefined makes a new one
   */
  constructor(random: Draws, builds: Builds, past: Past = () => undefined) {
    this.#random = random;
    this.#builds = builds;
    this.#past = past;
  }

  async start(spec: RunningPodSpec): Promise<PodProcess> {
    return spec.container.name === CONTAINER ? this.startService(spec) : idleRuntime.start(spec);
  }

  async startService(spec: RunningPodSpec): Promise<HotswapApiPod> {
    const environment = readPodEnvironment(spec.container.env);
    const build = this.#builds.traitsOf(spec.container.image);
    const shape = {
      cpuMillicores: spec.container.resources.limits.cpuMillicores ?? NODE_MILLICORES,
      profile: build.instrumentation ?? environment.profile,
      heapLimitBytes: environment.heapLimitBytes,
    };
    const past = this.#past(spec, shape);
    const process = await HotswapApiPod.start({
      podName: spec.name,
      model: past ?? new PodModel(shape, Date.now()),
      environment,
      build,
      machine: this.#machine(spec.nodeName),
      startupMs: past === undefined ? this.#random.between(STARTUP_MS.from, STARTUP_MS.to) : 0,
      host: '127.0.0.1',
    });
    this.#pods.set(spec.uid, { spec, process });
    const leak = this.#leaks.get(spec.namespace);
    if (leak !== undefined) process.model.setLeaks([{ ...leak, from: Math.max(leak.from, process.model.startedAt) }]);
    void process.exited.then(() => this.#pods.delete(spec.uid));
    return process;
  }

  #machine(node: string): Machine {
    const isolated = this.#isolated;
    return {
      names: this.names,
      get isolated() {
        return isolated.has(node);
      },
    };
  }

  /** Cuts a machine off from other services over HTTP, or connects it again. */
  setIsolated(node: string, isolated: boolean): void {
    if (isolated) this.#isolated.add(node);
    else this.#isolated.delete(node);
  }

  /** What every pod of a namespace does not give back, those that come as well; undefined: nothing any more, as after a repair. */
  setLeak(namespace: string, leak: Leak | undefined): void {
    if (leak === undefined) this.#leaks.delete(namespace);
    else this.#leaks.set(namespace, leak);
    for (const { process } of this.running(namespace)) process.model.setLeaks(leak === undefined ? [] : [leak]);
  }

  /** Every container that runs, ready or not. */
  running(namespace?: string): readonly RunningPod[] {
    return [...this.#pods.values()].filter((pod) => namespace === undefined || pod.spec.namespace === namespace);
  }

  /** Stops whatever still runs. */
  async close(): Promise<void> {
    await Promise.all([...this.#pods.values()].map((pod) => pod.process.terminate(0)));
  }
}
