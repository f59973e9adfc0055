import { z } from 'zod';

/**
 * Bad days on demand. `method` is a Web API method, `*` for any, `response_url`, or an envelope type for `duplicate`.
 * `lost-answer` does the work and then drops the connection, which is how a caller comes to do a thing twice.
 */
export const faultSchema = z.object({
  kind: z.enum(['429', '5xx', 'slow', 'error', 'drop', 'lost-answer', 'duplicate']),
  method: z.string().default('*'),
  count: z.number().int().min(1).default(1),
  /** Seconds, for `429`. */
  retryAfter: z.number().int().min(1).default(1),
  /** Milliseconds, for `slow`. */
  delayMs: z.number().int().min(0).default(1000),
  /** HTTP status, for `5xx`. */
  status: z.number().int().min(500).max(599).default(503),
  /** Slack's error code, for `error`. */
  error: z.string().default('internal_error'),
});
type Fault = z.output<typeof faultSchema>;
export type FaultInput = z.input<typeof faultSchema>;

/** The faults that are still to happen, in the order in which they were set. */
export class Faults {
  private pending: Fault[] = [];

  set(faults: readonly FaultInput[]): void {
    this.pending = faults.map((fault) => faultSchema.parse(fault));
  }

  add(fault: FaultInput): void {
    this.pending.push(faultSchema.parse(fault));
  }

  list(): readonly Fault[] {
    return this.pending;
  }

  /** Takes one occurrence of the first fault of these kinds that fits, or undefined. */
  take(kinds: readonly Fault['kind'][], method: string): Fault | undefined {
    const fault = this.pending.find((item) => kinds.includes(item.kind) && (item.method === '*' || item.method === method));
    if (!fault) return undefined;
    fault.count -= 1;
    if (fault.count === 0) this.pending.splice(this.pending.indexOf(fault), 1);
    return fault;
  }
}
