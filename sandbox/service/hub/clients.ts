import { Agent, request } from 'node:https';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Draws } from '../../random.ts';

export interface HubClientsOptions {
  readonly random: Draws;
  /** Address of the hub. */
  readonly url: () => string;
  /** The authority that browsers trust, PEM. */
  readonly trusted: string;
  /** Where the pages that open the connections come from. */
  readonly origin: string;
}

/** Pages that people have open, each with a connection to the hub. */
export interface HubClients {
  /** Opens so many more; the function that is returned closes them. */
  add(count: number): () => void;
  /** How many pages there are, how many of them are connected, and how often one lost its connection so far. */
  view(): { readonly pages: number; readonly connected: number; readonly lost: number };
  stop(): void;
}

const HUB_PATH = '/hubs/deployment';
const END_OF_MESSAGE = '\u001e';
const PING_MS = 15_000;
const PATIENCE_MS = 5_000;
/** A page that was cut off tries again after a while. */
const RETRY_MS = { from: 1_000, to: 4_000 };
/** Pages are not opened all at once. */
const SPREAD_MS = 2_000;

const Negotiated = z.object({ connectionToken: z.string() });

export function openHubClients(options: HubClientsOptions): HubClients {
  const agent = new Agent({ ca: options.trusted, keepAlive: false, maxCachedSessions: 0 });
  const pages = new Set<Page>();
  let lost = 0;
  const add = (count: number): (() => void) => {
    const added = Array.from({ length: count }, () => new Page(options, agent, () => lost++));
    for (const page of added) pages.add(page);
    return () => {
      for (const page of added) {
        page.close();
        pages.delete(page);
      }
    };
  };
  return {
    add,
    view: () => ({ pages: pages.size, connected: [...pages].filter((page) => page.connected).length, lost }),
    stop: () => {
      for (const page of pages) page.close();
      agent.destroy();
    },
  };
}

/** One page: does what a browser and SignalR's client in it do, and tries again where it fails. */
class Page {
  connected = false;
  readonly #options: HubClientsOptions;
  readonly #agent: Agent;
  readonly #onLost: () => void;
  #timer: NodeJS.Timeout | undefined;
  #pinging: NodeJS.Timeout | undefined;
  #socket: WebSocket | undefined;
  #closed = false;

  constructor(options: HubClientsOptions, agent: Agent, onLost: () => void) {
    this.#options = options;
    this.#agent = agent;
    this.#onLost = onLost;
    this.#later(options.random.between(0, SPREAD_MS));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#ended();
    this.#socket?.terminate();
  }

  #later(milliseconds: number): void {
    if (!this.#closed) this.#timer = setTimeout(() => void this.#connect(), milliseconds);
  }

  #again(): void {
    this.#later(this.#options.random.between(RETRY_MS.from, RETRY_MS.to));
  }

  async #connect(): Promise<void> {
    try {
      if (!(await this.#mayCall())) return this.#again();
      const { status, body, cookies, allowed } = await this.#call('POST', { 'X-Requested-With': 'XMLHttpRequest' });
      // the page is not shown what it may not read
      if (status !== 200 || allowed !== this.#options.origin) return this.#again();
      this.#open(Negotiated.parse(JSON.parse(body)).connectionToken, cookies);
    } catch {
      this.#again(); // whatever it was: people see "reconnecting"
    }
  }

  /** Browsers ask first, as the header that SignalR sends is none that any page may send. */
  async #mayCall(): Promise<boolean> {
    const asked = { 'Access-Control-Request-Method': 'POST', 'Access-Control-Request-Headers': 'x-requested-with,x-signalr-user-agent' };
    return (await this.#call('OPTIONS', asked)).allowed === this.#options.origin;
  }

  #open(token: string, cookies: readonly string[]): void {
    if (this.#closed) return;
    const url = new URL(`${HUB_PATH}?id=${token}`, this.#options.url().replace(/^http/, 'ws'));
    const socket = new WebSocket(url, {
      ca: this.#options.trusted,
      origin: this.#options.origin,
      handshakeTimeout: PATIENCE_MS,
      perMessageDeflate: false,
      headers: cookies.length === 0 ? {} : { cookie: cookies.join('; ') },
    });
    this.#socket = socket;
    socket.on('error', () => {}); // 'close' follows
    socket.once('open', () => socket.send(`{"protocol":"json","version":1}${END_OF_MESSAGE}`));
    socket.once('message', () => {
      this.connected = true;
      this.#pinging = setInterval(() => socket.send(`{"type":6}${END_OF_MESSAGE}`), PING_MS);
    });
    socket.once('close', () => {
      if (this.connected && !this.#closed) this.#onLost();
      this.#ended();
      this.#again();
    });
  }

  #ended(): void {
    clearInterval(this.#pinging);
    this.connected = false;
  }

  #call(method: string, headers: Readonly<Record<string, string>>) {
    const { promise, resolve, reject } = Promise.withResolvers<{
      readonly status: number | undefined;
      readonly body: string;
      readonly cookies: readonly string[];
      readonly allowed: string | undefined;
    }>();
    const url = new URL(`${HUB_PATH}/negotiate?negotiateVersion=1`, this.#options.url());
    const asked = {
      method,
      agent: this.#agent,
      headers: { ...headers, Origin: this.#options.origin },
      signal: AbortSignal.timeout(PATIENCE_MS),
    };
    const outgoing = request(url, asked, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode,
          body,
          cookies: (response.headers['set-cookie'] ?? []).flatMap((cookie) => cookie.split(';')[0] ?? []),
          allowed: response.headers['access-control-allow-origin'],
        }),
      );
    });
    outgoing.on('error', reject);
    outgoing.end();
    return promise;
  }
}
