import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { PodParts } from '../pod-parts.ts';
import { ServiceError } from '../service-error.ts';
import { HubConnection } from './connection.ts';
import { applyCors } from './cors.ts';

const HUB_PATH = '/hubs/deployment';
const NEGOTIATE_CPU_MS = 0.6;
/** A client that negotiated must connect within this time. */
const PATIENCE_MS = 15_000;
const TRANSPORTS = ['WebSockets', 'ServerSentEvents', 'LongPolling'];
const MIDDLEWARE = 'HotSwap.Distributed.Api.Middleware.ExceptionHandlingMiddleware';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

const plain = (status: number, body: string): Answer => ({ status, type: 'text/plain', body });

/**
 * The SignalR hub of one process. It knows the connections that it negotiated itself and no others: nothing is shared between
 * pods. Browsers send it to where they like, so it checks origin, token, id and limit in the order in which ASP.NET Core does.
 */
export class SignalrHub {
  readonly #parts: PodParts;
  readonly #path: string;
  /** Ids that were handed out, and until when they may be used. */
  readonly #negotiated = new Map<string, number>();
  readonly #connections = new Set<HubConnection>();
  readonly #sockets = new WebSocketServer({ noServer: true });

  constructor(parts: PodParts) {
    this.#parts = parts;
    this.#path = parts.build.hubPath ?? HUB_PATH;
  }

  /** Answers preflights, `negotiate` and requests that are no WebSockets; false: it is not about the hub. */
  answer(request: IncomingMessage, url: URL, response: ServerResponse): boolean {
    if (applyCors(request, response, this.#parts.environment.allowedOrigins)) return true;
    if (url.pathname !== this.#path && url.pathname !== `${this.#path}/negotiate`) return false;
    request.resume();
    const began = performance.now();
    const { status, type, body } = this.#refusal(request) ?? this.#plainAnswer(request, url);
    response.writeHead(status, { 'content-type': type }).end(body);
    this.#count(request, url.pathname, status, began);
    return true;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const began = performance.now();
    const url = new URL(request.url ?? '/', 'http://pod');
    const refusal = url.pathname === this.#path ? (this.#refusal(request) ?? this.#upgradeRefusal(url)) : plain(404, '');
    if (refusal === undefined) this.#connect(request, socket, head, url);
    else {
      respond(socket, refusal);
      this.#count(request, url.pathname, refusal.status, began);
    }
  }

  /** The process ends: clients are told to come back. */
  close(): void {
    for (const connection of this.#connections) connection.close('app_shutdown');
  }

  #connect(request: IncomingMessage, socket: Duplex, head: Buffer, url: URL): void {
    const { sockets } = this.#parts.model;
    sockets.upgraded++;
    socket.once('close', () => sockets.upgraded--);
    this.#negotiated.delete(url.searchParams.get('id') ?? '');
    this.#sockets.handleUpgrade(request, socket, head, (client) => {
      const connection: HubConnection = new HubConnection(client, sockets, () => this.#connections.delete(connection));
      this.#connections.add(connection);
    });
  }

  #plainAnswer(request: IncomingMessage, url: URL): Answer {
    if (url.pathname === this.#path) return this.#poll(url);
    return request.method === 'POST' ? this.#negotiate() : plain(405, '');
  }

  #negotiate(): Answer {
    this.#parts.cpu.spend(NEGOTIATE_CPU_MS);
    this.#forgetOld();
    const connectionToken = randomUUID();
    this.#negotiated.set(connectionToken, Date.now() + PATIENCE_MS);
    const availableTransports = TRANSPORTS.map((transport) => ({ transport, transferFormats: ['Text', 'Binary'] }));
    const body = { negotiateVersion: 1, connectionId: randomUUID(), connectionToken, availableTransports };
    return { status: 200, type: 'application/json', body: JSON.stringify(body) };
  }

  /** A request that is no WebSocket is long polling, whose first answer is empty. */
  #poll(url: URL): Answer {
    return this.#unknownId(url) ?? plain(200, '');
  }

  #unknownId(url: URL): Answer | undefined {
    const id = url.searchParams.get('id');
    if (id === null) return plain(400, 'Connection ID required');
    return (this.#negotiated.get(id) ?? 0) < Date.now() ? plain(404, 'No Connection with that ID') : undefined;
  }

  #refusal({ headers }: IncomingMessage): Answer | undefined {
    if (this.#parts.build.hubWantsToken !== true) return undefined;
    return headers.authorization?.startsWith('Bearer ') === true ? undefined : plain(401, '');
  }

  #upgradeRefusal(url: URL): Answer | undefined {
    const { environment, model, log } = this.#parts;
    const unknown = this.#unknownId(url);
    if (unknown !== undefined) return unknown;
    if (environment.mostSockets === undefined || model.sockets.upgraded < environment.mostSockets) return undefined;
    const full = new ServiceError(409, [FULL], FULL_FRAMES);
    log.failure(MIDDLEWARE, `Unhandled exception occurred. Path: ${url.pathname}, Method: GET`, full);
    return { status: full.status, type: 'application/json', body: JSON.stringify({ error: 'The request could not be completed.' }) };
  }

  #count({ method = 'GET' }: IncomingMessage, pathname: string, status: number, began: number): void {
    const route = pathname.startsWith(this.#path) ? pathname.slice(1) : '';
    this.#parts.model.finish({ method, route, status, seconds: (performance.now() - began) / 1000 });
  }

  #forgetOld(): void {
    for (const [id, until] of this.#negotiated) if (until < Date.now()) this.#negotiated.delete(id);
  }
}

/** Kestrel's own words. */
const FULL =
  'System.InvalidOperationException: Request cannot be upgraded because the server has already opened the maximum number of upgraded connections.';
const FULL_FRAMES = [
  'Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpProtocol.UpgradeAsync()',
  'Microsoft.AspNetCore.WebSockets.WebSocketMiddleware.WebSocketHandshake.AcceptAsync(WebSocketAcceptContext acceptContext)',
  'Microsoft.AspNetCore.Http.Connections.Internal.HttpConnectionDispatcher.DoPersistentConnection(ConnectionDelegate connectionDelegate, IHttpTransport transport, HttpContext context, HttpConnectionContext connection)',
];

function respond(socket: Duplex, { status, type, body }: Answer): void {
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    `content-type: ${type}`,
    `content-length: ${Buffer.byteLength(body)}`,
    'connection: close',
  ];
  socket.on('error', () => {}); // who asked has left
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
