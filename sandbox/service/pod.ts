import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ContainerExit, LogLine, PodProcess } from '../kubernetes/runtime.ts';
import type { BuildTraits } from './builds.ts';
import type { PodEnvironment } from './pod-environment.ts';
import type { PodModel } from './pod-model.ts';
import { openParts, type PodParts } from './pod-parts.ts';
import { ProcessPages } from './process-pages.ts';
import { RequestServing } from './request-serving.ts';
import { ServiceError } from './service-error.ts';

const USAGE_WINDOW_MS = 15_000;
/** How .NET ends on an exception that nobody caught: SIGABRT. */
const UNHANDLED_EXIT_CODE = 134;

export interface PodOptions {
  readonly model: PodModel;
  readonly environment: PodEnvironment;
  /** What its program does differently. */
  readonly build: BuildTraits;
  readonly startupMs: number;
  readonly host: string;
}

/** One container of hotswap-api: an HTTP server with its own pool, CPU budget, metrics and log. */
export class HotswapApiPod implements PodProcess {
  readonly host: string;
  readonly port: number;
  readonly exited: Promise<ContainerExit>;
  readonly #parts: PodParts;
  readonly #pages: ProcessPages;
  readonly #requests: RequestServing;
  readonly #server: Server;
  readonly #readyAt: number;
  readonly #exit: (exit: ContainerExit) => void;
  #initialised = false;
  #stopping = false;

  /** Starts listening at once; the pod says that it is ready after `startupMs`, as a .NET process needs a while. */
  static async start(options: PodOptions): Promise<HotswapApiPod> {
    const server = createServer();
    server.listen(0, options.host);
    await once(server, 'listening');
    return new HotswapApiPod(server, options);
  }

  private constructor(server: Server, options: PodOptions) {
    this.host = options.host;
    this.port = z.object({ port: z.number() }).parse(server.address()).port;
    this.#server = server;
    this.#parts = openParts(options.model, options.environment, options.build);
    this.#pages = new ProcessPages(this.#parts, () => this.ready());
    this.#requests = new RequestServing(this.#parts);
    this.#readyAt = Date.now() + options.startupMs;
    const { promise, resolve } = Promise.withResolvers<ContainerExit>();
    this.exited = promise;
    this.#exit = resolve;
    server.on('request', (request, response) => void this.#answer(request, response));
    const { log } = this.#parts;
    const version = options.build.version === undefined ? '' : ` ${options.build.version}`;
    log.write('INF', 'HotSwap.Distributed.Api.Program', `Starting Distributed Kernel Orchestration API${version}`);
    log.write('INF', 'HotSwap.Distributed.Infrastructure.Services.DeploymentJobProcessor', 'Deployment Job Processor started');
    void this.#initialise();
  }

  ready(): boolean {
    return this.#initialised && !this.#stopping && Date.now() >= this.#readyAt;
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

  async terminate(graceMs: number): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#parts.log.write('INF', 'Microsoft.Hosting.Lifetime', 'Application is shutting down...');
      await this.#drain(graceMs);
      await this.#end({ exitCode: 0, reason: 'Completed' });
    }
    await this.exited;
  }

  /** What the process must have before it can serve; without it it ends. */
  async #initialise(): Promise<void> {
    try {
      await this.#parts.signingKey?.load();
      this.#initialised = true;
    } catch (error) {
      if (this.#stopping) return;
      this.#stopping = true;
      this.#parts.log.unhandled(error instanceof ServiceError ? error : new ServiceError(500, [`System.Exception: ${String(error)}`], []));
      await this.#end({ exitCode: UNHANDLED_EXIT_CODE, reason: 'Error' });
    }
  }

  async #end(exit: ContainerExit): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
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
    if (!this.#pages.answer(url.pathname, response)) await this.#requests.answer(request, url, response);
  }
}
