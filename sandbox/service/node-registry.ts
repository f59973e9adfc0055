import { type Agent, createServer, get } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { listenOnLoopback } from '../loopback.ts';
import type { Draws } from '../random.ts';
import { ServiceError } from './service-error.ts';

/** The service that knows the cluster's nodes, which hotswap-api asks over HTTP: a dependency that is no database. */
export interface NodeRegistry {
  readonly url: string;
  /** How long an answer takes from now on, in ms; undefined: as usual. */
  setDelay(milliseconds: { readonly from: number; readonly to: number } | undefined): void;
  /** Its process ends, or is there again. */
  setUp(up: boolean): Promise<void>;
  close(): Promise<void>;
}

/** A usual answer takes about this long. */
const USUAL_ANSWER_MS = 14;

export async function startNodeRegistry(random: Draws): Promise<NodeRegistry> {
  let slow: { readonly from: number; readonly to: number } | undefined;
  const server = createServer(async (request, response) => {
    await delay(slow === undefined ? random.around(USUAL_ANSWER_MS, 0.3) : random.between(slow.from, slow.to));
    const environment = new URL(request.url ?? '/', 'http://registry').searchParams.get('environment');
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ environment, healthy: 12, unhealthy: 0 }));
  });
  const { url, port, close } = await listenOnLoopback(server);
  return {
    url,
    setDelay: (milliseconds) => {
      slow = milliseconds;
    },
    setUp: async (up) => {
      if (server.listening === up) return;
      if (up) await listenOnLoopback(server, port);
      else close();
    },
    close: async () => close(),
  };
}

const FRAMES = [
  'System.Net.Http.HttpClient.<SendAsync>g__Core|83_0(HttpRequestMessage request, HttpCompletionOption completionOption)',
  'HotSwap.Distributed.Infrastructure.Clients.NodeRegistryClient.GetNodesAsync(String environment)',
];

/** Asks the registry, as a pod does: with a client that keeps connections and gives up after `timeoutMs`. */
export function askRegistry(baseUrl: string, environment: string, agent: Agent, timeoutMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const url = new URL(`/nodes?environment=${encodeURIComponent(environment)}`, baseUrl);
    const request = get(url, { agent, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(JSON.parse(text)));
      response.on('error', () => reject(unreachable(url)));
    });
    request.on('error', (error) =>
      reject(error.name === 'TimeoutError' || error.name === 'AbortError' ? timedOut(timeoutMs) : unreachable(url)),
    );
  });
}

function timedOut(timeoutMs: number): ServiceError {
  const seconds = timeoutMs / 1000;
  const message = `The request was canceled due to the configured HttpClient.Timeout of ${seconds} seconds elapsing.`;
  return new ServiceError(
    500,
    [`System.Threading.Tasks.TaskCanceledException: ${message}`, 'System.TimeoutException: The operation was canceled.'],
    FRAMES,
  );
}

/** What a process on a machine sees that cannot reach the registry. */
export function noRoute(baseUrl: string): ServiceError {
  const { host } = new URL(baseUrl);
  const chain = [
    `System.Net.Http.HttpRequestException: No route to host (${host})`,
    'System.Net.Sockets.SocketException (113): No route to host',
  ];
  return new ServiceError(500, chain, FRAMES);
}

function unreachable(url: URL): ServiceError {
  return new ServiceError(500, [`System.Net.Http.HttpRequestException: Connection refused (${url.host})`], FRAMES);
}
