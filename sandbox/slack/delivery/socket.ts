import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import type { Server } from 'node:http';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import { z } from 'zod';
import type { Ack, Envelope, Transport } from './dispatcher.ts';

const maxConnections = 10;
/** How long a client may take to say goodbye, in milliseconds. */
const closeMs = 300;
const ackSchema = z.looseObject({ envelope_id: z.string(), payload: z.unknown().optional() });

interface Waiting {
  readonly socket: WebSocket;
  readonly settle: (ack: Ack) => void;
}

/** Slack's side of Socket Mode: hello, envelopes to one of the connections, acknowledgements, refresh. */
export class SocketTransport extends EventEmitter<{ connected: [] }> implements Transport {
  private readonly server = new WebSocketServer({ noServer: true });
  private readonly tickets = new Set<string>();
  private readonly sockets: WebSocket[] = [];
  private readonly waiting = new Map<string, Waiting[]>();
  private readonly appId: string;
  private turn = 0;

  constructor(appId: string) {
    super();
    this.setMaxListeners(0);
    this.appId = appId;
  }

  /** Takes over upgrades of an HTTP server at /link/. */
  attach(http: Server): void {
    http.on('upgrade', (request, socket, head) => {
      const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
      if (!this.tickets.delete(ticket) || this.sockets.length >= maxConnections) {
        socket.end('HTTP/1.1 408 Request Timeout\r\n\r\n');
        return;
      }
      this.server.handleUpgrade(request, socket, head, (opened) => this.opened(opened));
    });
  }

  /** The query of a one-time address. */
  newTicket(): string {
    const ticket = randomUUID();
    this.tickets.add(ticket);
    return ticket;
  }

  get connections(): number {
    return this.sockets.length;
  }

  async ready(signal: AbortSignal): Promise<void> {
    while (this.sockets.length === 0) await once(this, 'connected', { signal });
  }

  send(envelope: Envelope, ackMs: number): Promise<Ack> {
    this.turn += 1;
    const socket = this.sockets[this.turn % Math.max(1, this.sockets.length)];
    if (!socket) return Promise.resolve({ ok: false, reason: 'connection_failed' });
    const answered = new Promise<Ack>((resolve) => {
      const timer = setTimeout(() => settle({ ok: false, reason: 'timeout' }), ackMs);
      const waiting: Waiting = {
        socket,
        settle: (ack) => settle(ack),
      };
      const settle = (ack: Ack) => {
        clearTimeout(timer);
        const left = (this.waiting.get(envelope.id) ?? []).filter((item) => item !== waiting);
        if (left.length > 0) this.waiting.set(envelope.id, left);
        else this.waiting.delete(envelope.id);
        resolve(ack);
      };
      this.waiting.set(envelope.id, [...(this.waiting.get(envelope.id) ?? []), waiting]);
    });
    socket.send(JSON.stringify(frame(envelope)));
    return answered;
  }

  /** Asks every client to reconnect, as Slack does every few hours. New envelopes wait for the new connection. */
  refresh(): void {
    for (const socket of this.sockets.splice(0)) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested', debug_info: { host: 'sandbox' } }));
    }
  }

  /** Cuts every connection without a word. */
  drop(): void {
    for (const socket of this.sockets.splice(0)) socket.terminate();
  }

  async close(): Promise<void> {
    const clients = [...this.server.clients];
    for (const socket of clients) socket.close(1000);
    const hurry = setTimeout(() => clients.forEach((socket) => void socket.terminate()), closeMs);
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
    clearTimeout(hurry);
  }

  private opened(socket: WebSocket): void {
    this.sockets.push(socket);
    socket.on('message', (data) => this.received(String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => this.closed(socket));
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: this.sockets.length,
        connection_info: { app_id: this.appId },
        debug_info: { host: 'sandbox', started: new Date().toISOString(), build_number: 1, approximate_connection_time: 18_060 },
      }),
    );
    this.emit('connected');
  }

  private received(data: string): void {
    const parsed = ackSchema.safeParse(parseJson(data));
    if (!parsed.success) return;
    const body = parsed.data.payload;
    this.waiting.get(parsed.data.envelope_id)?.[0]?.settle({ ok: true, body });
  }

  private closed(socket: WebSocket): void {
    const index = this.sockets.indexOf(socket);
    if (index >= 0) this.sockets.splice(index, 1);
    for (const waiting of [...this.waiting.values()].flat()) {
      if (waiting.socket === socket) waiting.settle({ ok: false, reason: 'connection_failed' });
    }
  }
}

function frame(envelope: Envelope): Record<string, unknown> {
  return {
    envelope_id: envelope.id,
    type: envelope.type,
    payload: envelope.payload,
    accepts_response_payload: envelope.type !== 'events_api',
    ...(envelope.type === 'events_api' ? { retry_attempt: envelope.retry?.attempt ?? 0, retry_reason: envelope.retry?.reason ?? '' } : {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
