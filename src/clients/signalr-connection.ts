import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { networkCode, ReadError } from './read-errors.ts';
import { HANDSHAKE_REQUEST, type HubFrame, PING_FRAME, readFrame, splitFrames } from './signalr-frames.ts';

/** How the request to become a WebSocket was answered. */
interface Upgrade {
  /** 101: it became one. Null: nothing answered. */
  readonly status: number | null;
  /** errno or TLS code, or "timeout". */
  readonly failure: string | null;
  /** The beginning of a refusal's body. */
  readonly text: string;
}

type HandshakeOutcome = 'accepted' | 'refused' | 'closed' | 'timeout';

interface Handshake {
  readonly outcome: HandshakeOutcome;
  /** What the hub says where it refuses. */
  readonly error: string | null;
}

/** A connection that was kept for a while. */
interface Hold {
  readonly heldMs: number;
  readonly pings: number;
  /** Whether it ended before we ended it. */
  readonly dropped: boolean;
  /** 1006: it ended without a word. Null: it did not end by itself. */
  readonly closeCode: number | null;
}

/** How far a WebSocket to the hub got. Null: not that far. */
export interface Connection {
  readonly upgrade: Upgrade;
  readonly handshake: Handshake | null;
  readonly hold: Hold | null;
}

interface ConnectionOptions {
  readonly url: string;
  readonly cookies: readonly string[];
  readonly holdMs: number;
  readonly signal: AbortSignal;
}

const UPGRADE_MS = 5_000;
const HANDSHAKE_MS = 5_000;
/** As often as a browser's client does. */
const PING_EVERY_MS = 15_000;
const LARGEST_FRAME_BYTES = 1024 * 1024;
const SHOWN_BODY_CHARACTERS = 200;

/** Joins a negotiated connection, shakes hands and stays for a while. */
export async function openConnection(options: ConnectionOptions): Promise<Connection> {
  const socket = new WebSocket(options.url, {
    headers: options.cookies.length === 0 ? {} : { cookie: options.cookies.join('; ') },
    handshakeTimeout: UPGRADE_MS,
    maxPayload: LARGEST_FRAME_BYTES,
    perMessageDeflate: false,
  });
  const cutOff = () => socket.terminate();
  options.signal.addEventListener('abort', cutOff, { once: true });
  const session = new HubSession(socket);
  try {
    const upgrade = await upgradeOf(socket);
    if (options.signal.aborted) throw new ReadError('timeout', 'The connection to the hub was cut off.');
    if (upgrade.status !== 101) return { upgrade, handshake: null, hold: null };
    const handshake = await session.shakeHands();
    if (handshake.outcome !== 'accepted' || options.holdMs === 0) return { upgrade, handshake, hold: null };
    const hold = await session.hold(options.holdMs);
    if (options.signal.aborted) throw new ReadError('timeout', 'The connection to the hub was cut off.');
    return { upgrade, handshake, hold };
  } finally {
    options.signal.removeEventListener('abort', cutOff);
    socket.on('error', () => {}); // it is over: nobody asks any more
    socket.terminate();
  }
}

function upgradeOf(socket: WebSocket): Promise<Upgrade> {
  const { promise, resolve } = Promise.withResolvers<Upgrade>();
  socket.once('open', () => resolve({ status: 101, failure: null, text: '' }));
  socket.on('error', (error) => resolve({ status: null, failure: failureOf(error), text: '' }));
  socket.once('unexpected-response', (request, response) => {
    void bodyOf(response).then((text) => {
      request.destroy();
      resolve({ status: response.statusCode ?? null, failure: null, text });
    });
  });
  return promise;
}

function failureOf(error: Error): string {
  if (error.message === 'Opening handshake has timed out') return 'timeout'; // the library gives it no code
  return networkCode(error) ?? error.message;
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  try {
    for await (const chunk of response) {
      text += String(chunk);
      if (text.length >= SHOWN_BODY_CHARACTERS) break;
    }
  } catch {
    return text; // cut off half-way: the status is there
  }
  return text.slice(0, SHOWN_BODY_CHARACTERS);
}

/** The messages of an open connection. */
class HubSession {
  readonly #socket: WebSocket;
  #waiting: ((frame: HubFrame) => void) | undefined;
  #rest = '';

  constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on('message', (data: Buffer) => this.#receive(data.toString('utf8')));
  }

  async shakeHands(): Promise<Handshake> {
    const { promise, resolve } = Promise.withResolvers<Handshake>();
    const timer = setTimeout(() => resolve({ outcome: 'timeout', error: null }), HANDSHAKE_MS);
    this.#socket.once('close', () => resolve({ outcome: 'closed', error: null }));
    this.#waiting = (frame) => {
      if (frame.kind === 'handshake') resolve({ outcome: frame.error === null ? 'accepted' : 'refused', error: frame.error });
      if (frame.kind === 'close') resolve({ outcome: 'closed', error: frame.error });
    };
    this.#socket.send(HANDSHAKE_REQUEST);
    return promise.finally(() => clearTimeout(timer));
  }

  async hold(milliseconds: number): Promise<Hold> {
    const began = performance.now();
    let pings = 0;
    const { promise, resolve } = Promise.withResolvers<number | null>();
    const timer = setTimeout(() => resolve(null), milliseconds);
    const pinging = setInterval(() => this.#socket.send(PING_FRAME), PING_EVERY_MS);
    this.#waiting = (frame) => {
      if (frame.kind === 'ping') pings++;
    };
    this.#socket.once('close', resolve);
    const closeCode = await promise;
    clearTimeout(timer);
    clearInterval(pinging);
    return { heldMs: Math.round(performance.now() - began), pings, dropped: closeCode !== null, closeCode };
  }

  #receive(text: string): void {
    const { frames, rest } = splitFrames(this.#rest + text);
    this.#rest = rest;
    for (const frame of frames) this.#waiting?.(readFrame(frame));
  }
}
