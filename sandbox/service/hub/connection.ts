import type { WebSocket } from 'ws';
import { z } from 'zod';
import type { HubEnd, SocketCounts } from './socket-counts.ts';

const END_OF_MESSAGE = '\u001e';
const KEEP_ALIVE_MS = 15_000;
const CLIENT_TIMEOUT_MS = 30_000;
const HANDSHAKE_TIMEOUT_MS = 15_000;
const PROTOCOLS = ['json', 'messagepack'];
const GOING_AWAY = 1001;

const Handshake = z.object({ protocol: z.string(), version: z.number() });

const message = (body: object): string => `${JSON.stringify(body)}${END_OF_MESSAGE}`;

/** One client of the hub, from its WebSocket on: handshake, pings in both directions, and its end. */
export class HubConnection {
  readonly #socket: WebSocket;
  readonly #since = performance.now();
  #handshakeTimer: NodeJS.Timeout | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  #silence: NodeJS.Timeout | undefined;
  #end: HubEnd = 'normal_closure';

  constructor(socket: WebSocket, counts: SocketCounts, onEnd: () => void) {
    this.#socket = socket;
    counts.active++;
    this.#handshakeTimer = setTimeout(() => this.close('timeout'), HANDSHAKE_TIMEOUT_MS);
    socket.on('error', () => {}); // it ends, which 'close' tells
    socket.on('message', (data: Buffer) => this.#receive(data.toString('utf8')));
    socket.once('close', () => {
      this.#stopTimers();
      counts.active--;
      counts.ended(this.#end, (performance.now() - this.#since) / 1000);
      onEnd();
    });
  }

  /** Says goodbye, as far as the client still listens. */
  close(end: HubEnd): void {
    this.#end = end;
    this.#stopTimers();
    this.#socket.send(message({ type: 7, ...(end === 'app_shutdown' ? { allowReconnect: true } : {}) }), () => {});
    this.#socket.close(GOING_AWAY);
    setTimeout(() => this.#socket.terminate(), 500).unref();
  }

  #receive(text: string): void {
    if (this.#handshakeTimer !== undefined) this.#shakeHands(text);
    else this.#hear();
  }

  #shakeHands(text: string): void {
    clearTimeout(this.#handshakeTimer);
    this.#handshakeTimer = undefined;
    const asked = parse(text.split(END_OF_MESSAGE)[0] ?? '');
    if (asked === undefined || !PROTOCOLS.includes(asked.protocol)) {
      this.#socket.send(message({ error: `The protocol '${asked?.protocol ?? ''}' is not supported.` }));
      this.#socket.close();
      return;
    }
    this.#socket.send(message({}));
    this.#keepAlive = setInterval(() => this.#socket.send(message({ type: 6 })), KEEP_ALIVE_MS);
    this.#hear();
  }

  /** A client that says nothing for long is gone. */
  #hear(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.close('timeout'), CLIENT_TIMEOUT_MS);
  }

  #stopTimers(): void {
    clearTimeout(this.#handshakeTimer);
    clearInterval(this.#keepAlive);
    clearTimeout(this.#silence);
  }
}

function parse(text: string): z.infer<typeof Handshake> | undefined {
  try {
    return Handshake.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
