import type { IncomingMessage, ServerResponse } from 'node:http';
import { Admittance } from './admittance.ts';
import { BuildDefects } from './build-defects.ts';
import { WorkAbandoned } from './container-cpu.ts';
import { DatabaseHabits } from './database-habits.ts';
import type { Reply, RequestContext } from './endpoints/endpoint.ts';
import { type Match, matchEndpoint } from './endpoints/endpoints.ts';
import { askRegistry, noRoute } from './node-registry.ts';
import type { PodParts } from './pod-parts.ts';
import { ServiceError } from './service-error.ts';
import { TOKEN_LIFETIME_MS } from './users.ts';

const SLOW_REQUEST_MS = 1_000;
const PROGRESS_LOGGED_EVERY = 40;
const MIDDLEWARE = 'HotSwap.Distributed.Api.Middleware.ExceptionHandlingMiddleware';
const REQUEST_LOG = 'Serilog.AspNetCore.RequestLoggingMiddleware';
const NO_ROUTE: Reply = { status: 404, body: { error: 'no such route' } };

const FULL_COLLECTION_MS = 8_000;
const OUT_OF_MEMORY = "System.OutOfMemoryException: Exception of type 'System.OutOfMemoryException' was thrown.";
const OUT_OF_MEMORY_FRAMES = [
  'System.GC.AllocateNewArray(IntPtr typeHandle, Int32 length, GC_ALLOC_FLAGS flags)',
  'Microsoft.AspNetCore.Mvc.Formatters.SystemTextJsonOutputFormatter.WriteResponseBodyAsync(OutputFormatterWriteContext context)',
];
const NULL_REFERENCE = 'System.NullReferenceException: Object reference not set to an instance of an object.';

/** The requests that do business: they take CPU, use the database and other services, are counted and logged. */
export class RequestServing {
  readonly #parts: PodParts;
  readonly #habits: DatabaseHabits;
  readonly #admittance: Admittance;
  readonly #defects: BuildDefects;
  #served = 0;
  /** Reaches 1 as often as the build throws. */
  #turn = 0;

  constructor(parts: PodParts) {
    this.#parts = parts;
    this.#habits = new DatabaseHabits(parts.database, parts.build);
    this.#admittance = new Admittance(parts);
    this.#defects = new BuildDefects(parts.build, parts.database);
  }

  async answer(request: IncomingMessage, url: URL, response: ServerResponse): Promise<void> {
    request.resume();
    const method = request.method ?? 'GET';
    const match = matchEndpoint(method, url.pathname);
    const refused = this.#admittance.refuse(request, url.pathname);
    await this.#measure(method, match?.endpoint.template ?? '', url.pathname, response, (signal) =>
      refused !== undefined || match === undefined ? Promise.resolve(refused ?? NO_ROUTE) : this.#serve(match, url, signal),
    );
  }

  /** Runs one request, answers it and counts how long it took; a caller that left counts as 499. */
  async #measure(
    method: string,
    route: string,
    pathname: string,
    response: ServerResponse,
    work: (signal: AbortSignal) => Promise<Reply>,
  ): Promise<void> {
    const { model } = this.#parts;
    const began = performance.now();
    const left = new AbortController();
    response.on('close', () => left.abort());
    model.inFlight++;
    let status = 499;
    try {
      const reply = await work(left.signal);
      status = reply.status;
      send(response, reply.status, reply.body);
    } catch (error) {
      status = this.#fail(error, method, pathname, response);
    } finally {
      model.inFlight--;
    }
    if (left.signal.aborted && !response.writableFinished) status = 499;
    const milliseconds = performance.now() - began;
    model.finish({ method, route, status, seconds: milliseconds / 1000 });
    this.#report(method, pathname, status, milliseconds);
  }

  async #serve({ endpoint, path }: Match, url: URL, signal: AbortSignal): Promise<Reply> {
    const { cpu, database, environment, agent, build, machine, podName, deployments, model } = this.#parts;
    await cpu.work(endpoint.cpuMs(url.searchParams), signal);
    if (!model.hasRoom(Date.now())) throw new ServiceError(500, [OUT_OF_MEMORY], OUT_OF_MEMORY_FRAMES);
    this.#turn += build.throwsInShare ?? 0;
    if (this.#turn >= 1) {
      this.#turn -= 1;
      throw new ServiceError(
        500,
        [NULL_REFERENCE],
        [`HotSwap.Distributed.Api.Controllers.${controllerOf(endpoint.template)}.<Handle>b__0(RequestContext context)`],
      );
    }
    await this.#defects.strike(endpoint.template);
    await this.#habits.run(signal);
    const context: RequestContext = {
      database,
      askNodes: (of) =>
        machine.isolated
          ? Promise.reject(noRoute(environment.registryUrl))
          : askRegistry(environment.registryUrl, of, agent, environment.registryTimeoutMs),
      podName,
      deployments,
      counters: model.workflow,
      storesApprovals: environment.storesApprovals,
      issueToken: (user) => this.#parts.tokens.issue(user, Date.now(), TOKEN_LIFETIME_MS),
      path,
      query: url.searchParams,
    };
    this.#leave(endpoint.leftBytes?.(url.searchParams) ?? 0);
    return endpoint.handle(context);
  }

  /** What the request allocated beyond the pooled buffers stays until the next full collection. */
  #leave(bytes: number): void {
    if (bytes === 0) return;
    this.#parts.model.addLarge(bytes);
    setTimeout(() => this.#parts.model.collectLarge(bytes), FULL_COLLECTION_MS).unref();
  }

  #fail(error: unknown, method: string, pathname: string, response: ServerResponse): number {
    if (error instanceof WorkAbandoned) return 499;
    const failure = error instanceof ServiceError ? error : new ServiceError(500, [`System.Exception: ${String(error)}`], []);
    this.#parts.log.failure(MIDDLEWARE, `Unhandled exception occurred. Path: ${pathname}, Method: ${method}`, failure);
    send(response, failure.status, { error: 'The request could not be completed.' });
    return failure.status;
  }

  #report(method: string, pathname: string, status: number, milliseconds: number): void {
    this.#served++;
    const text = `HTTP ${method} ${pathname} responded ${status} in ${milliseconds.toFixed(4)} ms`;
    if (status >= 400 || milliseconds > SLOW_REQUEST_MS) this.#parts.log.write('WRN', REQUEST_LOG, text);
    else if (this.#served % PROGRESS_LOGGED_EVERY === 0) this.#parts.log.write('INF', REQUEST_LOG, text);
  }
}

/** `api/v1/deployments/{executionId}` is served by DeploymentsController. */
function controllerOf(template: string): string {
  const name = template.split('/')[2] ?? 'root';
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}Controller`;
}

function send(response: ServerResponse, status: number, body: unknown): void {
  if (response.destroyed) return;
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
