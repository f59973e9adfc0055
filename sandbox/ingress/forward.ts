import { type Agent, type IncomingMessage, type OutgoingHttpHeaders, request, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Address } from '../service/load.ts';

/** Hands a request to a pod, and its answer back; 502 where the pod does not answer. */
export function forward(incoming: IncomingMessage, outgoing: ServerResponse, address: Address, agent: Agent, setCookie?: string): void {
  const inner = request({ ...address, agent, method: incoming.method, path: incoming.url, headers: incoming.headers }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, withCookie(answer.headers, setCookie));
    answer.pipe(outgoing);
  });
  inner.on('error', () => {
    if (!outgoing.headersSent) outgoing.writeHead(502, { 'content-type': 'text/plain' });
    outgoing.end('bad gateway\n');
  });
  outgoing.on('close', () => inner.destroy());
  incoming.pipe(inner);
}

function withCookie(headers: IncomingMessage['headers'], setCookie: string | undefined): OutgoingHttpHeaders {
  return setCookie === undefined ? headers : { ...headers, 'set-cookie': [...(headers['set-cookie'] ?? []), setCookie] };
}

interface Tunnel {
  readonly address: Address;
  /** Ended where the pod says nothing for that long. */
  readonly idleMs: number;
  /** Whether the wish to become a WebSocket is passed on. */
  readonly passesUpgrade: boolean;
}

/** Hands the wish to become a WebSocket to a pod; where it agrees, both sides talk through this until one of them ends it. */
export function tunnel(incoming: IncomingMessage, client: Duplex, head: Buffer, { address, idleMs, passesUpgrade }: Tunnel): void {
  const { upgrade: _, connection: __, ...others } = incoming.headers;
  const inner = request({ ...address, method: incoming.method, path: incoming.url, headers: passesUpgrade ? incoming.headers : others });
  client.on('error', () => inner.destroy());
  client.on('close', () => inner.destroy());
  inner.on('error', () => refuse(client, 502, 'bad gateway\n'));
  inner.on('response', (answer) => void relay(answer, client));
  inner.on('upgrade', (answer, pod, podHead) => {
    client.write(headOf(answer));
    client.write(podHead);
    pod.write(head);
    join(client, pod, idleMs);
  });
  inner.end();
}

function join(client: Duplex, pod: Duplex, idleMs: number): void {
  const end = (): void => {
    clearTimeout(timer);
    client.destroy();
    pod.destroy();
  };
  let timer = setTimeout(end, idleMs);
  pod.on('data', () => {
    clearTimeout(timer);
    timer = setTimeout(end, idleMs);
  });
  for (const side of [client, pod]) side.on('error', end).on('close', end);
  pod.pipe(client);
  client.pipe(pod);
}

async function relay(answer: IncomingMessage, client: Duplex): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of answer) chunks.push(Buffer.from(chunk));
  } catch {
    return refuse(client, 502, 'bad gateway\n');
  }
  client.end(Buffer.concat([Buffer.from(headOf(answer)), ...chunks]));
}

function headOf({ statusCode = 502, rawHeaders }: IncomingMessage): string {
  const lines = [`HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? ''}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    // the body is sent as a whole, and the connection ends with it
    if (!/^transfer-encoding$/i.test(rawHeaders[index] ?? '')) lines.push(`${rawHeaders[index]}: ${rawHeaders[index + 1]}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}

export function refuse(client: Duplex, status: number, body: string): void {
  if (client.destroyed) return;
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\ncontent-type: text/plain\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n`;
  client.end(`${head}${body}`);
}
