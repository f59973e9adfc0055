import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { ContainerExit, LogLine, PodProcess } from '../kubernetes/runtime.ts';
import { ContainerCpu, WorkAbandoned } from './container-cpu.ts';
import { openDatabase, type ServiceDatabase } from './database.ts';
import type { RequestContext } from './endpoints/endpoint.ts';
import { type Match, matchEndpoint } from './endpoints/endpoints.ts';
import { exposition } from './metrics.ts';
import { askRegistry } from './node-registry.ts';
import type { PodEnvironment } from './pod-environment.ts';
import { PodLog } from './pod-log.ts';
import type { PodModel } from './pod-model.ts';
import { ServiceError } from './service-error.ts';

const USAGE_WINDOW_MS = 15_000;
const HEALTH_CPU_MS = 0.4;
const METRICS_CPU_MS = 2.5;
const SLOW_REQUEST_MS = 1_000;
const PROGRESS_LOGGED_EVERY = 40;
const MIDDLEWARE = 'HotSwap.Distributed.Api.Middleware.ExceptionHandlingMiddleware';
const REQUEST_LOG = 'Serilog.AspNetCore.RequestLoggingMiddleware';

/** One container of hotswap-api: an HTTP server with its own pool, CPU budget, metrics and log. */
export class HotswapApiPod implements PodProcess {
  readonly host: string;
  readonly port: number;
  readonly exited: Promise<ContainerExit>;
  readonly #model: PodModel;
  readonly #cpu: ContainerCpu;
  readonly #database: ServiceDatabase;
  readonly #environment: PodEnvironment;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  readonly #log: PodLog;
  readonly #server: Server;
  readonly #readyAt: number;
  readonly #exit: (exit: ContainerExit) => void;
  #stopping = false;
  #served = 0;

  /** Starts listening at once; the pod says that it is ready after `startupMs`, as a .NET process needs a while. */
  static async start(options: { model: PodModel; environment: PodEnvironment; startupMs: number; host: string }): Promise<HotswapApiPod> {
    const server = createServer();
    server.listen(0, options.host);
    await once(server, 'listening');
    return new HotswapApiPod(server, options);
  }

  private constructor(server: Server, options: { model: PodModel; environment: PodEnvironment; startupMs: number; host: string }) {
    this.host = options.host;
    this.port = z.object({ port: z.number() }).parse(server.address()).port;
    this.#server = server;
    this.#model = options.model;
    this.#cpu = new ContainerCpu(options.model.cpu);
    this.#environment = options.environment;
    this.#log = new PodLog();
    this.#database = openDatabase(options.environment.connection, (error) => this.#connectionLost(error));
    this.#readyAt = Date.now() + options.startupMs;
    const { promise, resolve } = Promise.withResolvers<ContainerExit>();
    this.exited = promise;
    this.#exit = resolve;
    server.on('request', (request, response) => void this.#answer(request, response));
    this.#log.write('INF', 'HotSwap.Distributed.Api.Program', 'Starting Distributed Kernel Orchestration API');
    this.#log.write('INF', 'HotSwap.Distributed.Infrastructure.Services.DeploymentJobProcessor', 'Deployment Job Processor started');
  }

  ready(): boolean {
    return !this.#stopping && Date.now() >= this.#readyAt;
  }

  usage(): { readonly cpuMillicores: number; readonly memoryBytes: number } {
    const now = Date.now();
    return {
      cpuMillicores: Math.round(this.#model.cpu.usageMillicores(now, USAGE_WINDOW_MS)),
      memoryBytes: Math.round(this.#model.memory(now).workingSetBytes),
    };
  }

  logs(): readonly LogLine[] {
    return this.#log.lines();
  }

  /** What the kernel counted for this container. */
  get model(): PodModel {
    return this.#model;
  }

  async terminate(graceMs: number): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#log.write('INF', 'Microsoft.Hosting.Lifetime', 'Application is shutting down...');
      await this.#drain(graceMs);
      this.#server.close();
      this.#server.closeAllConnections();
      this.#cpu.stop();
      this.#agent.destroy();
      await Promise.race([this.#database.close(), delay(1_000)]);
      this.#exit({ exitCode: 0, reason: 'Completed' });
    }
    await this.exited;
  }

  async #drain(graceMs: number): Promise<void> {
    const until = Date.now() + graceMs;
    while (this.#model.inFlight > 0 && Date.now() < until) await delay(50);
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://pod');
    if (url.pathname === '/health') return this.#probe(response, '/health', 'Healthy', HEALTH_CPU_MS);
    if (url.pathname === '/metrics') return this.#probe(response, '/metrics', this.#page(), METRICS_CPU_MS);
    request.resume();
    const match = matchEndpoint(request.method ?? 'GET', url.pathname);
    await this.#measure(request.method ?? 'GET', match?.endpoint.template ?? '', url.pathname, response, (signal) =>
      match === undefined ? Promise.resolve({ status: 404, body: { error: 'no such route' } }) : this.#serve(match, url, signal),
    );
  }

  #page(): string {
    return exposition(this.#model.families(Date.now()));
  }

  #probe(response: ServerResponse, route: string, body: string, cpuMs: number): void {
    const began = performance.now();
    this.#cpu.spend(cpuMs);
    const ready = this.ready() || route === '/metrics';
    const status = ready ? 200 : 503;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(ready ? body : 'Unhealthy');
    this.#model.finish({ method: 'GET', route, status, seconds: (performance.now() - began) / 1000 });
  }

  /** Runs one request, answers it and counts how long it took; a caller that left counts as 499. */
  async #measure(
    method: string,
    route: string,
    pathname: string,
    response: ServerResponse,
    work: (signal: AbortSignal) => Promise<{ readonly status: number; readonly body: unknown }>,
  ): Promise<void> {
    const began = performance.now();
    const left = new AbortController();
    response.on('close', () => left.abort());
    this.#model.inFlight++;
    let status = 499;
    try {
      const reply = await work(left.signal);
      status = reply.status;
      send(response, reply.status, reply.body);
    } catch (error) {
      status = this.#fail(error, method, pathname, response);
    } finally {
      this.#model.inFlight--;
    }
    if (left.signal.aborted && !response.writableFinished) status = 499;
    const milliseconds = performance.now() - began;
    this.#model.finish({ method, route, status, seconds: milliseconds / 1000 });
    this.#report(method, pathname, status, milliseconds);
  }

  async #serve({ endpoint, path }: Match, url: URL, signal: AbortSignal): Promise<{ readonly status: number; readonly body: unknown }> {
    await this.#cpu.work(endpoint.cpuMs(url.searchParams), signal);
    const context: RequestContext = {
      database: this.#database,
      askNodes: (environment) => askRegistry(this.#environment.registryUrl, environment, this.#agent, this.#environment.registryTimeoutMs),
      path,
      query: url.searchParams,
    };
    return endpoint.handle(context);
  }

  #fail(error: unknown, method: string, pathname: string, response: ServerResponse): number {
    if (error instanceof WorkAbandoned) return 499;
    const failure = error instanceof ServiceError ? error : new ServiceError(500, [`System.Exception: ${String(error)}`], []);
    this.#log.failure(MIDDLEWARE, `Unhandled exception occurred. Path: ${pathname}, Method: ${method}`, failure);
    send(response, failure.status, { error: 'The request could not be completed.' });
    return failure.status;
  }

  #report(method: string, pathname: string, status: number, milliseconds: number): void {
    this.#served++;
    const text = `HTTP ${method} ${pathname} responded ${status} in ${milliseconds.toFixed(4)} ms`;
    if (status >= 400 || milliseconds > SLOW_REQUEST_MS) this.#log.write('WRN', REQUEST_LOG, text);
    else if (this.#served % PROGRESS_LOGGED_EVERY === 0) this.#log.write('INF', REQUEST_LOG, text);
  }

  #connectionLost(error: Error): void {
    this.#log.write('WRN', 'Npgsql.Connection', `A connection to the server was lost: ${error.message}`);
  }
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
