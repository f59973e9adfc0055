import type { PodParts } from '../pod-parts.ts';
import { ServiceError } from '../service-error.ts';

const CATEGORY = 'HotSwap.Distributed.Api.Services.ApprovalTimeoutBackgroundService';
const MINUTE_MS = 60_000;
/** Rounds of a process come this many times as fast as its interval says: nobody wants to wait for them in a sandbox. */
const HASTE = 30;
/** Npgsql's own default, which this worker keeps. */
const COMMAND_TIMEOUT_MS = 30_000;

const EXPIRE = `UPDATE approval_requests SET status = 'Expired', responded_at = now(), updated_at = now(), response_reason = 'Approval request timed out'
  WHERE status = 'Pending' AND timeout_at <= now() RETURNING deployment_execution_id`;

/**
 * Ends approvals whose time has run out. The first round comes one whole interval after the start; a process that has been
 * there for long is in the middle of its rounds.
 */
export class ApprovalTimeouts {
  readonly #parts: PodParts;
  readonly #roundMs: number;
  #timer: NodeJS.Timeout | undefined;
  #hangs = false;
  #stopped = false;

  constructor(parts: PodParts) {
    this.#parts = parts;
    this.#roundMs = (parts.environment.approvalIntervalMinutes * MINUTE_MS) / HASTE;
  }

  start(longRunning: boolean): void {
    const { log, environment } = this.#parts;
    const interval = timeSpan(environment.approvalIntervalMinutes);
    log.write('INF', CATEGORY, `Approval Timeout Background Service started. Will check for expired approvals every ${interval}`);
    this.#later(longRunning ? this.#roundMs : this.#roundMs * HASTE);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Its loop waits for something that never comes, as long as this is true. */
  setHanging(hangs: boolean): void {
    this.#hangs = hangs;
  }

  #later(milliseconds: number): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#round(), milliseconds);
  }

  async #round(): Promise<void> {
    if (!this.#hangs) await this.#expire().catch((error: unknown) => this.#failed(error));
    this.#later(this.#roundMs);
  }

  async #expire(): Promise<void> {
    const expired = await this.#parts.database.transaction(async (run) => {
      await run(`SET LOCAL statement_timeout = ${COMMAND_TIMEOUT_MS}`, []);
      return run(EXPIRE, []);
    });
    if (expired.length > 0) this.#parts.log.write('INF', CATEGORY, `Processed ${expired.length} expired approval requests`);
  }

  #failed(error: unknown): void {
    if (this.#stopped) return;
    const failure = error instanceof ServiceError ? error : new ServiceError(500, [`System.Exception: ${String(error)}`], []);
    this.#parts.log.failure(CATEGORY, 'Failed to process expired approvals', failure);
  }
}

/** As .NET writes a TimeSpan. */
function timeSpan(minutes: number): string {
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(minutes / 1_440);
  return `${days > 0 ? `${days}.` : ''}${two((minutes / 60) % 24)}:${two(minutes % 60)}:${two((minutes * 60) % 60)}`;
}
