import { Agent, request } from 'node:http';
import type { Draws } from '../random.ts';
import type { Catalog } from './catalog.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { everydayEndpoint } from './endpoints/endpoints.ts';
import { login } from './endpoints/login.ts';
import { dailyFactor } from './traffic.ts';
import { type User, Users } from './users.ts';

/** Where a request can be sent. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One request, as its client sends it. */
interface Call {
  readonly method: string;
  readonly path: string;
  /** Who sends it: one of the everyday users, who sign in; a program at an address; left out: one of the users' machines. */
  readonly from?: User | string;
}

/** Requests of one kind that come at random. */
export interface Stream {
  readonly requestsPerSecond: number;
  /** The next request. */
  next(): Call;
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
  const users = new Users(options.random.branch('users'), Date.now());
  let turn = 0;
  let pauses = 0;
  const toSomePod = (request: Omit<Sent, 'address'>): void => {
    const addresses = options.addresses();
    const address = addresses[turn++ % Math.max(1, addresses.length)];
    if (address !== undefined) sendRequest(agent, { ...request, address });
  };
  const signIn = (user: User, then: () => void): void =>
    toSomePod({
      method: login.method,
      path: `/${login.template}?user=${user.name}`,
      headers: { 'x-forwarded-for': user.address },
      onAnswer: (body) => {
        users.signedIn(user, body);
        then();
      },
    });
  const send = ({ method, path, from = users.pick().address }: Call): void => {
    if (pauses > 0) return;
    const go = (headers: Sent['headers']): void => toSomePod({ method, path, headers });
    if (typeof from === 'string') go({ 'x-forwarded-for': from });
    else if (users.isDue(from, Date.now())) signIn(from, () => go(headersOf(from)));
    else go(headersOf(from));
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
      send(stream.next());
      schedule();
    };
    schedule();
    return () => {
      clearTimeout(timer);
      if (timer !== undefined) timers.delete(timer);
    };
  };
  const everyday = everydayStream(options, users);
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

function everydayStream({ random, catalog, requestsPerSecond }: LoadOptions, users: Users): Stream {
  const draw = random.branch('everyday');
  return {
    requestsPerSecond,
    next: () => {
      const endpoint = everydayEndpoint(draw.next());
      return { method: endpoint.method, path: endpoint.address(catalog, draw), from: users.pick() };
    },
  };
}

/** What a stream asks for, beside its endpoint. */
interface StreamOptions {
  readonly requestsPerSecond: number;
  /** Appended to each address. */
  readonly query?: string;
  /** The one address that all of it comes from; left out: many. */
  readonly from?: string;
}

/** Traffic to one endpoint alone. */
export function streamTo(endpoint: Endpoint, catalog: Catalog, random: Draws, options: StreamOptions): Stream {
  const { requestsPerSecond, query = '', from } = options;
  return {
    requestsPerSecond,
    next: () => ({
      method: endpoint.method,
      path: `${endpoint.address(catalog, random)}${query}`,
      ...(from === undefined ? {} : { from }),
    }),
  };
}

function headersOf({ address, token }: User): Readonly<Record<string, string>> {
  return { 'x-forwarded-for': address, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
}

interface Sent {
  readonly address: Address;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** What is done with the answer's body. */
  readonly onAnswer?: (body: string) => void;
}

function sendRequest(agent: Agent, { address, method, path, headers, onAnswer }: Sent): void {
  const options = { ...address, agent, method, path, headers, signal: AbortSignal.timeout(PATIENCE_MS) };
  const outgoing = request(options, (response) => {
    let body = '';
    response.on('data', (chunk: Buffer) => {
      if (onAnswer !== undefined) body += chunk.toString('utf8');
    });
    response.on('end', () => onAnswer?.(body));
    response.on('error', () => {});
  });
  // A refused, reset or abandoned request is the caller's loss; the service counts what it saw of it.
  outgoing.on('error', () => {});
  outgoing.end();
}
