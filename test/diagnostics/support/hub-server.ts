import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** A SignalR hub on loopback, which can be told to misbehave. */

const END = '\u001e';
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

export interface HubBehaviour {
  /** Answers `negotiate` instead of the hub. */
  negotiate?(request: IncomingMessage, response: ServerResponse): void;
  /** What an upgrade is answered with instead of 101: the raw head and body. */
  refuseUpgrade?(request: IncomingMessage): string | undefined;
  /** The first message to a client that has sent its handshake; 'silence', or 'close'. */
  readonly handshake?: string;
  readonly pingEveryMs?: number;
  readonly dropAfterMs?: number;
}

export interface Hub {
  readonly url: string;
  readonly requests: IncomingMessage[];
}

export const json = (response: ServerResponse, body: object, headers: Record<string, string | string[]> = {}, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
};

export const offer = (transports: readonly string[] = ['WebSockets', 'ServerSentEvents', 'LongPolling']) => ({
  negotiateVersion: 1,
  connectionId: 'c-1',
  connectionToken: 't-1',
  availableTransports: transports.map((transport) => ({ transport, transferFormats: ['Text'] })),
});

export const refusal = (status: string, body: string): string =>
  `HTTP/1.1 ${status}\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`;

export async function startHub(behaviour: HubBehaviour = {}): Promise<Hub> {
  const requests: IncomingMessage[] = [];
  const sockets = new WebSocketServer({ noServer: true });
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    if (behaviour.negotiate !== undefined) behaviour.negotiate(request, response);
    else json(response, offer(), { 'set-cookie': ['route=a1; Path=/; HttpOnly', 'other=b2'] });
  });
  server.on('upgrade', (request, socket, head) => {
    requests.push(request);
    const refused = behaviour.refuseUpgrade?.(request);
    if (refused === undefined) sockets.handleUpgrade(request, socket, head, (client) => serve(client, behaviour));
    else socket.end(refused);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

function serve(client: WebSocket, { handshake = `{}${END}`, pingEveryMs, dropAfterMs }: HubBehaviour): void {
  client.once('message', () => {
    if (handshake === 'close') client.close();
    else if (handshake !== 'silence') client.send(handshake);
    const pinging = pingEveryMs === undefined ? undefined : setInterval(() => client.send(`{"type":6}${END}`), pingEveryMs);
    if (dropAfterMs !== undefined) setTimeout(() => client.terminate(), dropAfterMs);
    client.once('close', () => clearInterval(pinging));
  });
}
