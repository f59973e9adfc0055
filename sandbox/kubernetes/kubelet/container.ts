import type { Container, ContainerState, ContainerStatus, Pod } from '../kinds/pod.ts';
import type { ContainerExit, LogLine, PodProcess } from '../runtime.ts';
import { kubeTime } from '../store/object.ts';
import { environmentOf, resourcesOf } from './environment.ts';
import type { KubeletContext } from './kubelet.ts';

const firstBackOffMs = 10_000;
const longestBackOffMs = 300_000;
const calmAfterMs = 600_000;

type Phase = 'waiting' | 'starting' | 'running' | 'exited';

/** One container of a pod through its runs: pull, start, exit, back-off, start again. */
export class ContainerRun {
  readonly #context: KubeletContext;
  readonly #container: Container;
  #phase: Phase = 'waiting';
  #process: PodProcess | undefined;
  #state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  #lastState: ContainerState = {};
  #previousLogs: readonly LogLine[] | undefined;
  #restarts = 0;
  #backOffMs = 0;
  #retryAt = 0;
  #startedAt = 0;
  #runs = 0;
  #ready = false;
  #stopping = false;
  #unhealthyAt = 0;

  constructor(context: KubeletContext, container: Container) {
    this.#context = context;
    this.#container = container;
  }

  get process(): PodProcess | undefined {
    return this.#phase === 'running' ? this.#process : undefined;
  }

  /** Moves the container on by whatever is due now. */
  tick(pod: Pod): void {
    if (this.#stopping) return;
    const now = this.#context.now().getTime();
    if (this.#phase === 'running') this.#probe(pod, now);
    else if (this.#phase === 'waiting' && now >= this.#retryAt) this.#begin(pod, now);
    else if (this.#phase === 'exited' && this.#mayRestart(pod)) this.#backOff(pod, now);
  }

  status(): ContainerStatus {
    return {
      name: this.#container.name,
      ready: this.#ready,
      started: this.#phase === 'running',
      restartCount: this.#restarts,
      image: this.#container.image ?? '',
      imageID: this.#runs > 0 ? `sandbox://${this.#container.image ?? ''}` : '',
      ...(this.#runs > 0 ? { containerID: `sandbox://${this.#container.name}-${this.#runs}` } : {}),
      state: this.#state,
      lastState: this.#lastState,
    };
  }

  /** Lines of this run or of the one before; undefined where there was none. */
  logs(previous: boolean): readonly LogLine[] | undefined {
    return previous ? this.#previousLogs : this.#process?.logs();
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    this.#ready = false;
    await this.#process?.terminate(graceMs);
  }

  #mayRestart(pod: Pod): boolean {
    const { restartPolicy } = pod.spec;
    return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && this.#state.terminated?.exitCode !== 0);
  }

  #begin(pod: Pod, now: number): void {
    const image = this.#container.image ?? '';
    if (this.#context.isMissingImage(image)) {
      this.#failPull(pod, image, now);
      return;
    }
    const environment = environmentOf(this.#context.store, pod, this.#container);
    if ('problem' in environment) {
      this.#state = { waiting: { reason: 'CreateContainerConfigError', message: environment.problem } };
      this.#retryAt = now + firstBackOffMs / this.#context.timeScale;
      this.#event(pod, 'Warning', 'Failed', `Error: ${environment.problem}`);
      return;
    }
    this.#event(pod, 'Normal', 'Pulled', `Container image "${image}" already present on machine`);
    this.#phase = 'starting';
    this.#launch(pod, environment.env).catch((error: unknown) => this.#failStart(pod, error));
  }

  async #launch(pod: Pod, env: Record<string, string>): Promise<void> {
    const { namespace = '', name, uid, labels = {} } = pod.metadata;
    const container = { name: this.#container.name, image: this.#container.image ?? '', env, resources: resourcesOf(this.#container) };
    const process = await this.#context.runtime.start({ namespace, name, uid, labels, nodeName: pod.spec.nodeName ?? '', container });
    if (this.#stopping) {
      await process.terminate(0);
      return;
    }
    this.#event(pod, 'Normal', 'Created', `Created container: ${container.name}`);
    this.#event(pod, 'Normal', 'Started', `Started container ${container.name}`);
    this.#process = process;
    this.#phase = 'running';
    this.#runs += 1;
    this.#startedAt = this.#context.now().getTime();
    this.#state = { running: { startedAt: kubeTime(this.#context.now()) } };
    process.exited.then((exit) => this.#exit(pod, exit)).catch((error: unknown) => this.#failStart(pod, error));
  }

  #failStart(pod: Pod, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#event(pod, 'Warning', 'Failed', `Error: ${message}`);
    this.#startedAt = this.#context.now().getTime();
    this.#exit(pod, { exitCode: 128, reason: 'Error' });
  }

  #exit(_pod: Pod, exit: ContainerExit): void {
    const now = this.#context.now();
    const reason = exit.reason ?? (exit.exitCode === 0 ? 'Completed' : 'Error');
    const startedAt = kubeTime(new Date(this.#startedAt));
    this.#phase = 'exited';
    this.#ready = false;
    this.#state = { terminated: { exitCode: exit.exitCode, reason, startedAt, finishedAt: kubeTime(now) } };
    if (now.getTime() - this.#startedAt > calmAfterMs / this.#context.timeScale) this.#backOffMs = 0;
  }

  /** The first restart is at once; each later one waits twice as long, as long as the container keeps failing. */
  #backOff(pod: Pod, now: number): void {
    const wait = this.#backOffMs;
    this.#previousLogs = this.#process?.logs() ?? this.#previousLogs;
    this.#process = undefined;
    this.#lastState = this.#state;
    this.#restarts += 1;
    this.#phase = 'waiting';
    this.#retryAt = now + wait / this.#context.timeScale;
    this.#backOffMs = Math.min(longestBackOffMs, wait === 0 ? firstBackOffMs : wait * 2);
    if (wait === 0) return;
    const { name, namespace = '', uid } = pod.metadata;
    const seconds = wait / 1000;
    const shown = seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
    const about = `container=${this.#container.name} pod=${name}_${namespace}(${uid})`;
    this.#state = { waiting: { reason: 'CrashLoopBackOff', message: `back-off ${shown} restarting failed ${about}` } };
    const message = `Back-off restarting failed container ${this.#container.name} in pod ${name}_${namespace}(${uid})`;
    this.#event(pod, 'Warning', 'BackOff', message);
  }

  /** ErrImagePull on an attempt, ImagePullBackOff between attempts. */
  #failPull(pod: Pod, image: string, now: number): void {
    const problem = `failed to pull and unpack image "${image}": failed to resolve reference "${image}": ${image}: not found`;
    const attempted = this.#state.waiting?.reason === 'ErrImagePull';
    this.#backOffMs = attempted ? Math.min(longestBackOffMs, Math.max(firstBackOffMs, this.#backOffMs * 2)) : this.#backOffMs;
    this.#retryAt = now + (attempted ? this.#backOffMs : 1000) / this.#context.timeScale;
    if (attempted) {
      this.#state = { waiting: { reason: 'ImagePullBackOff', message: `Back-off pulling image "${image}": ErrImagePull: ${problem}` } };
      this.#event(pod, 'Normal', 'BackOff', `Back-off pulling image "${image}"`);
      this.#event(pod, 'Warning', 'Failed', 'Error: ImagePullBackOff');
      return;
    }
    this.#state = { waiting: { reason: 'ErrImagePull', message: problem } };
    this.#event(pod, 'Normal', 'Pulling', `Pulling image "${image}"`);
    this.#event(pod, 'Warning', 'Failed', `Failed to pull image "${image}": ${problem}`);
    this.#event(pod, 'Warning', 'Failed', 'Error: ErrImagePull');
  }

  #probe(pod: Pod, now: number): void {
    this.#ready = this.#process?.ready() ?? false;
    const probe = this.#container.readinessProbe;
    if (this.#ready || probe === undefined || now < this.#unhealthyAt) return;
    this.#unhealthyAt = now + (probe.periodSeconds * 1000) / this.#context.timeScale;
    if (now - this.#startedAt < 1000) return;
    this.#event(pod, 'Warning', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503');
  }

  #event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const extra = { host: pod.spec.nodeName ?? '', fieldPath: `spec.containers{${this.#container.name}}` };
    this.#context.events.record('kubelet', pod, type, reason, message, extra);
  }
}
