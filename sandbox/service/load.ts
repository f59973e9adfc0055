import { Agent, request } from 'node:http';
import type { Draws } from '../random.ts';
import type { Catalog } from './catalog.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { everydayEndpoint } from './endpoints/endpoints.ts';
import { dailyFactor } from './traffic.ts';

/** Where a request can be sent. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Requests of one kind that come at random. */
export interface Stream {
  readonly requestsPerSecond: number;
  /** Method and address of the next request. */
  next(): { readonly method: string; readonly path: string };
}

/** People and programs who use the service: open-loop, so that a slow answer does not slow them down. */
export interface Load {
  /** Adds traffic; the function that is returned ends it. */
  add(stream: Stream): () => void;
  /** Nobody asks for anything until the function that is returned is called. */
  pause(): () => void;
  stop(): void;
}

export interface LoadOptions {
  readonly random: Draws;
  readonly catalog: Catalog;
  /** Requests a second of everyday use, before the time of day. */
  readonly requestsPerSecond: number;
  /** The pods that take requests now. */
  readonly addresses: () => readonly Address[];
}

/** Clients give up after this long. */
const PATIENCE_MS = 10_000;

export function startLoad(options: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 256, maxFreeSockets: 32 });
  const timers = new Set<NodeJS.Timeout>();
  let turn = 0;
  let pauses = 0;
  const send = (method: string, path: string): void => {
    if (pauses > 0) return;
    const addresses = options.addresses();
    const address = addresses[turn++ % Math.max(1, addresses.length)];
    if (address !== undefined) sendRequest(agent, address, method, path);
  };
  const add = (stream: Stream, rate: () => number): (() => void) => {
    const random = options.random.branch(`stream ${turn}`);
    let timer: NodeJS.Timeout | undefined;
    let dueAt = Date.now();
    const schedule = (): void => {
      if (timer !== undefined) timers.delete(timer);
      dueAt = Math.max(dueAt, Date.now() - 1_000) + random.gap(1_000 / rate());
      timer = setTimeout(arrive, Math.max(0, dueAt - Date.now()));
      timers.add(timer);
    };
    const arrive = (): void => {
      const { method, path } = stream.next();
      send(method, path);
      schedule();
    };
    schedule();
    return () => {
      clearTimeout(timer);
      if (timer !== undefined) timers.delete(timer);
    };
  };
  const everyday = everydayStream(options);
  add(everyday, () => options.requestsPerSecond * dailyFactor(Date.now()));
  return {
    add: (stream) => add(stream, () => stream.requestsPerSecond),
    pause: () => {
      pauses++;
      return () => {
        pauses--;
      };
    },
    stop: () => {
      for (const timer of timers) clearTimeout(timer);
      agent.destroy();
    },
  };
}

function everydayStream({ random, catalog, requestsPerSecond }: LoadOptions): Stream {
  const draw = random.branch('everyday');
  return {
    requestsPerSecond,
    next: () => {
      const endpoint = everydayEndpoint(draw.next());
      return { method: endpoint.method, path: endpoint.address(catalog, draw) };
    },
  };
}

/** Traffic to one endpoint alone; `query` is appended to each address. */
export function streamTo(endpoint: Endpoint, catalog: Catalog, random: Draws, requestsPerSecond: number, query = ''): Stream {
  return { requestsPerSecond, next: () => ({ method: endpoint.method, path: `${endpoint.address(catalog, random)}${query}` }) };
}

function sendRequest(agent: Agent, address: Address, method: string, path: string): void {
  const outgoing = request({ ...address, agent, method, path, signal: AbortSignal.timeout(PATIENCE_MS) }, (response) => {
    response.resume();
    response.on('error', () => {});
  });
  // A refused, reset or abandoned request is the caller's loss; the service counts what it saw of it.
  outgoing.on('error', () => {});
  outgoing.end();
}
