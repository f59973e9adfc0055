import { createHmac } from 'node:crypto';
import type { Ack, Envelope, Transport } from './dispatcher.ts';

/** Signed requests to the app's address: events as JSON, commands as a form, interactions as a form with one JSON field. */
export class HttpTransport implements Transport {
  requestUrl: string;
  private readonly signingSecret: string;

  constructor(requestUrl: string, signingSecret: string) {
    this.requestUrl = requestUrl;
    this.signingSecret = signingSecret;
  }

  async ready(): Promise<void> {}
  async close(): Promise<void> {}

  async send(envelope: Envelope, ackMs: number): Promise<Ack> {
    const { contentType, body } = encode(envelope);
    const timestamp = String(Math.floor(Date.now() / 1000));
    const signature = createHmac('sha256', this.signingSecret).update(`v0:${timestamp}:${body}`).digest('hex');
    try {
      const response = await fetch(this.requestUrl, {
        method: 'POST',
        redirect: 'error',
        signal: AbortSignal.timeout(ackMs),
        headers: {
          'content-type': contentType,
          'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': `v0=${signature}`,
          ...(envelope.retry ? { 'x-slack-retry-num': String(envelope.retry.attempt), 'x-slack-retry-reason': envelope.retry.reason } : {}),
        },
        body,
      });
      const text = await response.text();
      if (response.ok) return { ok: true, body: answer(text) };
      return { ok: false, reason: 'http_error', noRetry: response.headers.get('x-slack-no-retry') === '1' };
    } catch (error) {
      return { ok: false, reason: error instanceof DOMException && error.name === 'TimeoutError' ? 'http_timeout' : 'connection_failed' };
    }
  }
}

function encode(envelope: Envelope): { contentType: string; body: string } {
  if (envelope.type === 'events_api') return { contentType: 'application/json', body: JSON.stringify(envelope.payload) };
  const form = new URLSearchParams();
  if (envelope.type === 'interactive') form.set('payload', JSON.stringify(envelope.payload));
  else for (const [key, value] of Object.entries(envelope.payload)) form.set(key, String(value));
  return { contentType: 'application/x-www-form-urlencoded', body: form.toString() };
}

/** An acknowledgement's body: JSON, or plain text that stands for a message. */
function answer(text: string): unknown {
  if (text.trim() === '') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return { text };
  }
}
