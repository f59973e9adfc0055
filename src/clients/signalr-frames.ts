/** SignalR's JSON protocol frames: each message ends with this byte, and a WebSocket message may hold several or a part of one. */
const RECORD_SEPARATOR = '\u001e';

export const HANDSHAKE_REQUEST = `${JSON.stringify({ protocol: 'json', version: 1 })}${RECORD_SEPARATOR}`;

const PING = 6;
const CLOSE = 7;
export const PING_FRAME = `${JSON.stringify({ type: PING })}${RECORD_SEPARATOR}`;

/** What a frame means to somebody who only listens. */
export type HubFrame =
  | { readonly kind: 'handshake'; readonly error: string | null }
  | { readonly kind: 'ping' }
  | { readonly kind: 'close'; readonly error: string | null }
  | { readonly kind: 'other' };

/** The complete messages of what has come in, and the rest that waits for more. */
export function splitFrames(received: string): { readonly frames: readonly string[]; readonly rest: string } {
  const parts = received.split(RECORD_SEPARATOR);
  return { frames: parts.slice(0, -1), rest: parts.at(-1) ?? '' };
}

/** A message without `type` is the answer to the handshake: `{}`, or `{"error": …}`. */
export function readFrame(text: string): HubFrame {
  const message = parse(text);
  if (message === undefined) return { kind: 'other' };
  const error = typeof message.error === 'string' ? message.error : null;
  if (message.type === undefined) return { kind: 'handshake', error };
  if (message.type === PING) return { kind: 'ping' };
  return message.type === CLOSE ? { kind: 'close', error } : { kind: 'other' };
}

function parse(text: string): { readonly type?: unknown; readonly error?: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined; // a far side that speaks something else
  }
}
