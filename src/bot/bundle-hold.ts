import type { Logger } from '../config/logger.ts';
import { isHeld } from '../store/bundle-changes.ts';
import { type BundleRecord, keepBundle } from '../store/bundles.ts';
import type { Store } from '../store/pool.ts';

/** Somebody cancelled the bundle, or it was taken for lost: it is no longer this worker's. */
export class GivenUpError extends Error {}

const EVERY_MS = 500;
/** A worker that has not said for so long that it lives is taken for dead. */
const LEASE_SECONDS = 15;

interface HoldOptions {
  readonly store: Store;
  readonly instance: string;
  readonly log: Logger;
  readonly signal: AbortSignal;
}

/** A worker's hold on one bundle: keeps its lease, and looks whether it is still wanted. */
export class BundleHold {
  /** Aborted where the bundle is no longer this worker's, or where the process must end. */
  readonly signal: AbortSignal;
  readonly #bundle: BundleRecord;
  readonly #options: HoldOptions;
  readonly #given = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #looking: Promise<void> = Promise.resolve();
  #waiting: ((current: BundleRecord) => void)[] = [];
  #busy = false;

  private constructor(bundle: BundleRecord, options: HoldOptions) {
    this.#bundle = bundle;
    this.#options = options;
    this.signal = AbortSignal.any([this.#given.signal, options.signal]);
    this.#timer = setInterval(() => this.#tick(), EVERY_MS);
  }

  static async take(bundle: BundleRecord, options: HoldOptions): Promise<BundleHold> {
    await keepBundle(options.store, bundle.id, options.instance, LEASE_SECONDS);
    return new BundleHold(bundle, options);
  }

  /** The bundle as it is, once `fits` says so. @throws the signal's reason where it is given up meanwhile */
  async until(fits: (current: BundleRecord) => boolean): Promise<BundleRecord> {
    for (;;) {
      const current = await this.#next();
      if (fits(current)) return current;
    }
  }

  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  #next(): Promise<BundleRecord> {
    return new Promise((resolve, reject) => {
      const abort = () => reject(this.signal.reason);
      if (this.signal.aborted) return abort();
      this.signal.addEventListener('abort', abort, { once: true });
      this.#waiting.push((current) => {
        this.signal.removeEventListener('abort', abort);
        resolve(current);
      });
    });
  }

  #tick(): void {
    if (this.#busy) return;
    this.#busy = true;
    this.#looking = this.#look().finally(() => {
      this.#busy = false;
    });
  }

  async #look(): Promise<void> {
    const { store, instance, log } = this.#options;
    try {
      const current = await keepBundle(store, this.#bundle.id, instance, LEASE_SECONDS);
      if (current === null || !isHeld(current)) {
        this.#given.abort(new GivenUpError('the bundle is no longer wanted'));
        return;
      }
      for (const tell of this.#waiting.splice(0)) tell(current);
    } catch (error) {
      log.warn({ err: error, bundle: this.#bundle.id }, 'a worker could not look after its bundle');
    }
  }
}
