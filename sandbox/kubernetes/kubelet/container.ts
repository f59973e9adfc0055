import type { Container, ContainerState, ContainerStatus, Pod } from '../kinds/pod.ts';
import type { ContainerExit, LogLine, PodProcess } from '../runtime.ts';
import { kubeTime } from '../store/object.ts';
import type { KubeletContext } from './context.ts';
import { environmentOf, resourcesOf } from './environment.ts';
import { Health } from './health.ts';
import { ImagePull } from './image-pull.ts';
import { mountProblem } from './volumes.ts';

const firstBackOffMs = 10_000;
const longestBackOffMs = 300_000;
const calmAfterMs = 600_000;

type Phase = 'waiting' | 'starting' | 'running' | 'exited';

/** One container of a pod through its runs: pull, start, exit, back-off, start again. */
export class ContainerRun {
  readonly #context: KubeletContext;
  readonly #container: Container;
  readonly #pull: ImagePull;
  #phase: Phase = 'waiting';
  #process: PodProcess | undefined;
  #health: Health | undefined;
  #state: ContainerState = { waiting: { reason: 'ContainerCreating' } };
  #lastState: ContainerState = {};
  #previousLogs: readonly LogLine[] | undefined;
  #restarts = 0;
  #backOffMs = 0;
  #retryAt = 0;
  #startedAt = 0;
  #runs = 0;
  #stopping = false;
  #ending = false;

  constructor(context: KubeletContext, container: Container) {
    this.#context = context;
    this.#container = container;
    this.#pull = new ImagePull(context, container, (pod, type, reason, message) => this.#event(pod, type, reason, message));
  }

  get process(): PodProcess | undefined {
    return this.#phase === 'running' ? this.#process : undefined;
  }

  /** Moves the container on by whatever is due now. */
  tick(pod: Pod): void {
    if (this.#stopping) return;
    const now = this.#context.now().getTime();
    if (this.#phase === 'running') this.#watch(pod, now);
    else if (this.#phase === 'waiting' && now >= this.#retryAt) this.#begin(pod, now);
    else if (this.#phase === 'exited' && this.#mayRestart(pod)) this.#backOff(pod, now);
  }

  status(): ContainerStatus {
    const running = this.#phase === 'running';
    return {
      name: this.#container.name,
      ready: running && !this.#stopping && this.#health?.ready === true,
      started: running && this.#health?.started === true,
      restartCount: this.#restarts,
      image: this.#container.image ?? '',
      imageID: this.#runs > 0 ? `sandbox://${this.#container.image ?? ''}` : '',
      ...(this.#runs > 0 ? { containerID: `sandbox://${this.#container.name}-${this.#runs}` } : {}),
      state: this.#state,
      lastState: this.#lastState,
    };
  }

  /** Lines of this run or of the one before; undefined where there was none. While the next run waits, those of the last one. */
  logs(previous: boolean): readonly LogLine[] | undefined {
    return previous ? this.#previousLogs : (this.#process?.logs() ?? this.#previousLogs);
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    await this.#process?.terminate(graceMs);
  }

  /** Its machine loses power: the container ends, and nobody is there who could write that down. */
  loseMachine(): void {
    if (this.#phase === 'running') this.#process?.kill({ exitCode: 255, reason: 'Unknown' });
  }

  #mayRestart(pod: Pod): boolean {
    const { restartPolicy } = pod.spec;
    return restartPolicy === 'Always' || (restartPolicy === 'OnFailure' && this.#state.terminated?.exitCode !== 0);
  }

  #begin(pod: Pod, now: number): void {
    const unmounted = mountProblem(this.#context.store, pod);
    if (unmounted !== undefined) {
      this.#retryAt = now + firstBackOffMs / this.#context.timeScale;
      this.#context.events.record('kubelet', pod, 'Warning', 'FailedMount', unmounted, { host: pod.spec.nodeName ?? '' });
      return;
    }
    const waiting = this.#pull.step(pod, now);
    if (waiting !== undefined) {
      this.#state = { waiting };
      return;
    }
    const environment = environmentOf(this.#context.store, pod, this.#container);
    if ('problem' in environment) {
      this.#state = { waiting: { reason: 'CreateContainerConfigError', message: environment.problem } };
      this.#retryAt = now + firstBackOffMs / this.#context.timeScale;
      this.#event(pod, 'Warning', 'Failed', `Error: ${environment.problem}`);
      return;
    }
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
    this.#ending = false;
    this.#startedAt = this.#context.now().getTime();
    this.#state = { running: { startedAt: kubeTime(this.#context.now()) } };
    this.#health = new Health({
      container: this.#container,
      podIp: process.host,
      timeScale: this.#context.timeScale,
      startedAt: this.#startedAt,
      onFailure: (message) => this.#process === process && this.#event(pod, 'Warning', 'Unhealthy', message),
    });
    process.exited.then((exit) => this.#exit(exit)).catch((error: unknown) => this.#failStart(pod, error));
  }

  #failStart(pod: Pod, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#event(pod, 'Warning', 'Failed', `Error: ${message}`);
    this.#startedAt = this.#context.now().getTime();
    this.#exit({ exitCode: 128, reason: 'StartError' });
  }

  #exit(exit: ContainerExit): void {
    const now = this.#context.now();
    const reason = exit.reason ?? (exit.exitCode === 0 ? 'Completed' : 'Error');
    const startedAt = kubeTime(new Date(this.#startedAt));
    this.#phase = 'exited';
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

  /** What the kernel and the probes do about a running container. */
  #watch(pod: Pod, now: number): void {
    const process = this.#process;
    if (process === undefined || this.#ending) return;
    const limit = resourcesOf(this.#container).limits.memoryBytes;
    if (limit !== undefined && process.usage().memoryBytes > limit) {
      this.#ending = true;
      process.kill({ exitCode: 137, reason: 'OOMKilled' });
      return;
    }
    this.#health?.tick(process, now);
    const failed = this.#health?.failed;
    if (failed === undefined) return;
    this.#ending = true;
    this.#event(pod, 'Normal', 'Killing', `Container ${this.#container.name} failed ${failed} probe, will be restarted`);
    void process.terminate((pod.spec.terminationGracePeriodSeconds * 1000) / this.#context.timeScale);
  }

  #event(pod: Pod, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const extra = { host: pod.spec.nodeName ?? '', fieldPath: `spec.containers{${this.#container.name}}` };
    this.#context.events.record('kubelet', pod, type, reason, message, extra);
  }
}
