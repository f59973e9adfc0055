import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { z } from 'zod';
import type { VaultRequest } from './answer.ts';
import { answerOf } from './api.ts';
import type { Node, VaultCluster } from './cluster.ts';

const LARGEST_BODY_BYTES = 1024 * 1024;
const HOST = '127.0.0.1';

/** How a server can be reached: as usual; not at all, because its process is gone; or packets to it vanish. */
export type Reachability = 'up' | 'stopped' | 'silent';

/** One server of the Vault, listening on a port of its own. */
export class NodeServer {
  readonly node: Node;
  readonly #cluster: VaultCluster;
  #server: Server;
  #port = 0;
  #state: Reachability = 'up';

  static async start(cluster: VaultCluster, node: Node): Promise<NodeServer> {
    const server = new NodeServer(cluster, node);
    await server.#listen();
    return server;
  }

  private constructor(cluster: VaultCluster, node: Node) {
    this.#cluster = cluster;
    this.node = node;
    this.#server = this.#create();
  }

  get address(): string {
    return `http://${HOST}:${this.#port}`;
  }

  async become(state: Reachability): Promise<void> {
    if (state === this.#state) return;
    const wasListening = this.#state !== 'stopped';
    this.#state = state;
    if (state === 'stopped') await this.close();
    else if (!wasListening) {
      this.#server = this.#create();
      await this.#listen();
    }
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  #create(): Server {
    return createServer((request, response) => void this.#serve(request, response));
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, HOST);
    await once(this.#server, 'listening');
    this.#port = z.object({ port: z.number() }).parse(this.#server.address()).port;
  }

  async #serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#state === 'silent') return;
    const request = await read(incoming);
    if (typeof request === 'number') {
      response.writeHead(request).end();
      return;
    }
    const { status, body } = answerOf(this.#cluster, this.node, request);
    const text = body === undefined ? '' : `${JSON.stringify(body)}\n`;
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(text);
  }
}

/** The request, or the status that refuses it. */
async function read(incoming: IncomingMessage): Promise<VaultRequest | number> {
  const url = new URL(incoming.url ?? '/', 'http://vault');
  if (!url.pathname.startsWith('/v1/')) return 404;
  const token = incoming.headers['x-vault-token'];
  let text = '';
  for await (const chunk of incoming.setEncoding('utf8')) {
    text += String(chunk);
    if (text.length > LARGEST_BODY_BYTES) return 413;
  }
  return {
    method: incoming.method ?? 'GET',
    path: decodeURIComponent(url.pathname.slice('/v1/'.length)),
    query: url.searchParams,
    token: typeof token === 'string' && token !== '' ? token : undefined,
    body: parse(text),
  };
}

function parse(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
