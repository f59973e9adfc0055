import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults } from '../faults.ts';

export type EnvelopeType = 'slash_commands' | 'interactive' | 'events_api';

export interface Envelope {
  readonly id: string;
  readonly type: EnvelopeType;
  readonly payload: Record<string, unknown>;
  readonly retry?: { readonly attempt: number; readonly reason: string };
}

/** What came back: the body of the acknowledgement, or why there is none. `noRetry`: the app asked not to be asked again. */
export type Ack = { ok: true; body: unknown } | { ok: false; reason: string; noRetry?: boolean };

/** A way to the app. Settles when the app has answered, could not be reached, or `ackMs` after it was sent. */
export interface Transport {
  send(envelope: Envelope, ackMs: number): Promise<Ack>;
  /** Resolves when something can be sent; at once for HTTP. */
  ready(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

interface DeliveryRecord {
  readonly seq: number;
  readonly at: number;
  readonly type: EnvelopeType;
  /** `block_actions`, `app_mention`, `/hotswap`, … */
  readonly what: string;
  readonly envelopeId: string;
  readonly attempt: number;
  readonly payload: Record<string, unknown>;
  outcome: string;
}

/** Brings envelopes to the app, waits three seconds for the acknowledgement, and repeats events as Slack does. */
export class Dispatcher {
  readonly records: DeliveryRecord[] = [];
  private readonly transport: Transport;
  private readonly faults: Faults;
  private readonly timing: { ackMs: number; eventRetryMs: readonly number[] };
  private readonly closing = new AbortController();

  constructor(transport: Transport, faults: Faults, timing: { ackMs: number; eventRetryMs: readonly number[] }) {
    this.transport = transport;
    this.faults = faults;
    this.timing = timing;
  }

  /** A command or an interaction: once, the deadline runs from now, also while no socket is open. */
  async interact(type: 'slash_commands' | 'interactive', what: string, payload: Record<string, unknown>): Promise<Ack> {
    const envelope: Envelope = { id: randomUUID(), type, payload };
    const deadline = AbortSignal.any([AbortSignal.timeout(this.timing.ackMs), this.closing.signal]);
    const started = Date.now();
    const connected = await this.transport.ready(deadline).then(
      () => true,
      () => false,
    );
    if (!connected) return { ok: false, reason: 'dispatch_failed' };
    return this.attempt(envelope, what, 0, Math.max(1, this.timing.ackMs - (Date.now() - started)));
  }

  /** An event: queued while nobody listens, repeated up to three times. Resolves when it is settled. */
  async event(event: Record<string, unknown> & { type: string }, wrap: (eventId: string) => Record<string, unknown>): Promise<void> {
    const payload = wrap(`Ev${randomUUID().replaceAll('-', '').slice(0, 9).toUpperCase()}`);
    const id = randomUUID();
    let retry: Envelope['retry'];
    for (let attempt = 0; attempt <= this.timing.eventRetryMs.length; attempt += 1) {
      try {
        if (attempt > 0) await sleep(this.timing.eventRetryMs[attempt - 1] ?? 0, undefined, { signal: this.closing.signal });
        await this.transport.ready(this.closing.signal);
      } catch {
        return;
      }
      const envelope = { id: attempt === 0 ? id : randomUUID(), type: 'events_api' as const, payload, ...(retry ? { retry } : {}) };
      const ack = await this.attempt(envelope, event.type, attempt, this.timing.ackMs);
      if (ack.ok || ack.noRetry) return;
      retry = { attempt: attempt + 1, reason: ack.reason };
    }
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.transport.close();
  }

  private async attempt(envelope: Envelope, what: string, attempt: number, ackMs: number): Promise<Ack> {
    const record: DeliveryRecord = {
      seq: this.records.length + 1,
      at: Date.now(),
      type: envelope.type,
      what,
      envelopeId: envelope.id,
      attempt,
      payload: envelope.payload,
      outcome: 'pending',
    };
    this.records.push(record);
    const sent = this.transport.send(envelope, ackMs);
    if (this.faults.take(['duplicate'], envelope.type)) void this.transport.send({ ...envelope }, ackMs);
    const ack = await sent;
    record.outcome = ack.ok ? 'acked' : ack.reason;
    return ack;
  }
}
