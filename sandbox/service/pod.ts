import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { ContainerExit, LogLine, PodProcess } from '../kubernetes/runtime.ts';
import type { BuildTraits } from './builds.ts';
import { HostedServices, type Workers } from './hosted-services.ts';
import { SignalrHub } from './hub/hub.ts';
import { bindingOf, Kestrel } from './kestrel.ts';
import type { PodEnvironment } from './pod-environment.ts';
import type { PodModel } from './pod-model.ts';
import { type Machine, openParts, type PodParts } from './pod-parts.ts';
import { ProcessPages } from './process-pages.ts';
import { RequestServing } from './request-serving.ts';
import { ServiceError } from './service-error.ts';
import { startUp } from './startup.ts';

const USAGE_WINDOW_MS = 15_000;
const TERMINATED: ContainerExit = { exitCode: 143, reason: 'Error' };

interface PodOptions {
  readonly podName: string;
  readonly model: PodModel;
  readonly environment: PodEnvironment;
  /** What its program does differently. */
  readonly build: BuildTraits;
  readonly machine: Machine;
  /** How long the process takes until it listens, when all goes well; 0: it has been there for long. */
  readonly startupMs: number;
  readonly host: string;
}

/** One container of hotswap-api: an HTTP server with its own pool, CPU budget, metrics and log. */
export class HotswapApiPod implements PodProcess {
  readonly exited: Promise<ContainerExit>;
  readonly #parts: PodParts;
  readonly #kestrel: Kestrel;
  readonly #pages: ProcessPages;
  readonly #requests: RequestServing;
  readonly #hub: SignalrHub;
  readonly #hosted = new HostedServices();
  readonly #starting = new AbortController();
  readonly #exit: (exit: ContainerExit) => void;
  #stopping = false;

  /** Resolves when the container runs; the program in it then starts, unless it has been there for long. */
  static async start(options: PodOptions): Promise<HotswapApiPod> {
    const pod = new HotswapApiPod(await Kestrel.reserve(options.host), options);
    const begun = pod.#begin(options.startupMs).catch((error: unknown) => pod.#abort(error));
    if (options.startupMs === 0) await begun;
    return pod;
  }

  private constructor(kestrel: Kestrel, options: PodOptions) {
    this.#kestrel = kestrel;
    this.#parts = openParts(options);
    this.#pages = new ProcessPages(this.#parts, () => this.ready());
    this.#requests = new RequestServing(this.#parts);
    this.#hub = new SignalrHub(this.#parts);
    const { promise, resolve } = Promise.withResolvers<ContainerExit>();
    this.exited = promise;
    this.#exit = resolve;
  }

  get host(): string {
    return this.#kestrel.host;
  }

  get port(): number {
    return this.#kestrel.port;
  }

  /** Whether it has started and goes on. */
  ready(): boolean {
    return !this.#stopping && this.#kestrel.listening;
  }

  listens(containerPort: number): boolean {
    return this.#kestrel.listens(containerPort);
  }

  usage(): { readonly cpuMillicores: number; readonly memoryBytes: number } {
    const now = Date.now();
    return {
      cpuMillicores: Math.round(this.model.cpu.usageMillicores(now, USAGE_WINDOW_MS)),
      memoryBytes: Math.round(this.model.memory(now).workingSetBytes),
    };
  }

  logs(): readonly LogLine[] {
    return this.#parts.log.lines();
  }

  /** What the kernel counted for this container. */
  get model(): PodModel {
    return this.#parts.model;
  }

  /** The workers of its process; undefined: they have not been started. */
  get workers(): Workers | undefined {
    return this.#hosted.workers;
  }

  async #begin(startupMs: number): Promise<void> {
    const failed = await startUp(this.#parts, startupMs, this.#starting.signal);
    if (this.#stopping) return;
    if (failed !== undefined) return this.kill(failed);
    const binding = bindingOf(this.#parts);
    await this.#kestrel.start(
      binding,
      (request, response) => void this.#answer(request, response),
      (request, socket, head) => this.#hub.upgrade(request, socket, head),
    );
    if (this.#stopping) return this.#kestrel.stop();
    this.#hosted.start(this.#parts, startupMs === 0, () => void this.terminate(0));
    this.#parts.log.write('INF', 'Microsoft.Hosting.Lifetime', `Now listening on: ${binding.url}`);
  }

  #abort(error: unknown): void {
    this.#parts.log.unhandled(new ServiceError(500, [`System.Exception: ${String(error)}`], []));
    this.kill({ exitCode: 134, reason: 'Error' });
  }

  async terminate(graceMs: number): Promise<void> {
    // Before the host runs, nobody handles the signal.
    if (!this.#kestrel.listening) this.kill(TERMINATED);
    if (!this.#stopping) {
      this.#stopping = true;
      this.#parts.log.write('INF', 'Microsoft.Hosting.Lifetime', 'Application is shutting down...');
      await this.#drain(graceMs);
      await this.#end({ exitCode: 0, reason: 'Completed' });
    }
    await this.exited;
  }

  kill(exit: ContainerExit): void {
    if (this.#stopping) return;
    this.#stopping = true;
    void this.#end(exit);
  }

  async #end(exit: ContainerExit): Promise<void> {
    this.#parts.log.end();
    this.#starting.abort();
    this.#hosted.stop();
    this.#hub.close();
    this.#kestrel.stop();
    this.#parts.signingKey?.stop();
    this.#parts.cpu.stop();
    this.#parts.agent.destroy();
    await Promise.race([this.#parts.database.close(), delay(1_000)]);
    this.#exit(exit);
  }

  async #drain(graceMs: number): Promise<void> {
    const until = Date.now() + graceMs;
    while (this.model.inFlight > 0 && Date.now() < until) await delay(50);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://pod');
    if (this.#pages.answer(url.pathname, response) || this.#hub.answer(request, url, response)) return;
    await this.#requests.answer(request, url, response);
  }
}
