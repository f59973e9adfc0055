import type { CpuQueue } from './cpu-queue.ts';

/** Thrown where the caller gave up before the work began. */
export class WorkAbandoned extends Error {}

/** The CPU budget of a running container: the same queue, driven by real timers. */
export class ContainerCpu {
  readonly #queue: CpuQueue;
  #timer: NodeJS.Timeout | undefined;
  #wakeAt: number | undefined;

  constructor(queue: CpuQueue) {
    this.#queue = queue;
  }

  /**
   * Resolves when the container has had the CPU for that long (milliseconds of a core).
   * @throws WorkAbandoned where the signal aborts while the work waits for its turn
   */
  work(costMs: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(new WorkAbandoned());
      const onAbort = (): void => {
        if (ticket.state !== 'waiting') return;
        this.#queue.cancel(ticket);
        reject(new WorkAbandoned());
      };
      const ticket = this.#queue.submit(Date.now(), costMs, () => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
      signal.addEventListener('abort', onAbort, { once: true });
      this.#schedule();
    });
  }

  /** Uses CPU that nobody waits for, such as answering a probe: the kernel shares, so a short task is not held up. */
  spend(costMs: number): void {
    this.#queue.submit(Date.now(), costMs, () => {});
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #schedule(): void {
    const next = this.#queue.nextFinish;
    if (next === undefined || next === this.#wakeAt) return;
    clearTimeout(this.#timer);
    this.#wakeAt = next;
    this.#timer = setTimeout(
      () => {
        this.#wakeAt = undefined;
        this.#queue.advance(Date.now());
        this.#schedule();
      },
      Math.max(0, next - Date.now()),
    );
  }
}
