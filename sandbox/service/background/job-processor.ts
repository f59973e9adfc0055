import type { PodParts } from '../pod-parts.ts';
import { ServiceError } from '../service-error.ts';

const CATEGORY = 'HotSwap.Distributed.Infrastructure.Services.DeploymentJobProcessor';
const POLL_MS = 5_000;
const AT_ONCE = 5;
/** How long a claimed job takes. */
const JOB_MS = 20_000;
/** A canary deployment tells of each of its steps. */
const STEP_LOGGED_MS = 5 * 60_000;
const RETRY_MS = 300;
/** Npgsql's own default, which this worker keeps. */
const COMMAND_TIMEOUT_MS = 30_000;

const CLAIM = `UPDATE deployment_jobs SET status = 'Running', started_at = now(), locked_until = now() + interval '10 minutes', processing_instance = $1
  WHERE id IN (SELECT id FROM deployment_jobs WHERE status IN ('Pending', 'Failed') AND (next_retry_at IS NULL OR next_retry_at <= now())
                  AND retry_count < max_retries ORDER BY created_at LIMIT ${AT_ONCE} FOR UPDATE SKIP LOCKED)
  RETURNING id, deployment_id`;
const SUCCEED = `UPDATE deployment_jobs SET status = 'Succeeded', completed_at = now(), locked_until = NULL WHERE id = $1 AND status = 'Running'`;

/** A job that a process has in its memory. */
interface HeldJob {
  readonly id: number;
  readonly deploymentId: string;
}

/**
 * Claims jobs out of the table and runs them. Their lock is set once and never renewed; a process that ends leaves its
 * rows as they are, and nothing claims a row that is Running.
 */
export class DeploymentJobProcessor {
  readonly #parts: PodParts;
  readonly #timers = new Set<NodeJS.Timeout>();
  #hangs = false;
  #stopped = false;

  constructor(parts: PodParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#parts.log.write('INF', CATEGORY, 'Deployment Job Processor started');
    this.#later(POLL_MS, () => this.#poll());
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Its loop waits for something that never comes, as long as this is true. */
  setHanging(hangs: boolean): void {
    this.#hangs = hangs;
  }

  /** Goes on with a job that it claimed long ago, telling of its steps. */
  stepThrough(job: HeldJob): void {
    let step = 2;
    const tell = async (): Promise<void> => {
      this.#parts.log.write(
        'INF',
        CATEGORY,
        `Deployment job ${job.id} (${job.deploymentId}): canary step ${step++}, next step in 00:15:00`,
      );
      this.#later(STEP_LOGGED_MS, tell);
    };
    void tell();
  }

  /** Comes to the end of a job, and writes that down, however long it takes. */
  async finish(job: HeldJob): Promise<void> {
    if (this.#stopped) return;
    try {
      await this.#run(SUCCEED, [job.id]);
    } catch (error) {
      this.#failed(error);
      this.#later(RETRY_MS, () => this.finish(job));
    }
  }

  async #poll(): Promise<void> {
    if (!this.#hangs) await this.#claim().catch((error: unknown) => this.#failed(error));
    this.#later(POLL_MS, () => this.#poll());
  }

  async #claim(): Promise<void> {
    const claimed = await this.#parts.database.query<{ id: number; deployment_id: string }>(CLAIM, [this.#parts.podName]);
    if (claimed.length === 0) return;
    this.#parts.log.write('INF', CATEGORY, `Claimed ${claimed.length} deployment jobs`);
    for (const { id, deployment_id: deploymentId } of claimed) this.#later(JOB_MS, () => this.finish({ id, deploymentId }));
  }

  async #run(sql: string, values: readonly unknown[]): Promise<void> {
    await this.#parts.database.transaction(async (run) => {
      await run(`SET LOCAL statement_timeout = ${COMMAND_TIMEOUT_MS}`, []);
      await run(sql, values);
    });
  }

  #failed(error: unknown): void {
    if (this.#stopped) return;
    const failure = error instanceof ServiceError ? error : new ServiceError(500, [`System.Exception: ${String(error)}`], []);
    this.#parts.log.failure(CATEGORY, 'Error processing deployment jobs', failure);
  }

  #later(milliseconds: number, work: () => Promise<void>): void {
    if (this.#stopped) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void work();
    }, milliseconds);
    this.#timers.add(timer);
  }
}
