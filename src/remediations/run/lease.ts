import type { RunContext } from './context.ts';

/** The request is not ours any more, or nobody can say so: whoever held it must not touch anything for it. */
export class LeaseLostError extends Error {
  constructor(id: string, options?: ErrorOptions) {
    super(`request ${id} is in the hands of another executor, or the store does not say whose it is`, options);
    this.name = 'LeaseLostError';
  }
}

export interface Lease {
  /**
   * Asks the store, and keeps the request for another while. Called right before everything that changes something.
   * @throws LeaseLostError where the request is not ours any more, or where the store does not answer.
   */
  confirm(): Promise<void>;
  /** Another executor was seen to have it. Nothing is to be done for it here from then on. */
  readonly lost: boolean;
}

/** Runs `work` while holding the request. Returns false where another executor holds it. */
export async function whileHolding(id: string, context: RunContext, work: (lease: Lease) => Promise<void>): Promise<boolean> {
  const { requests, instance, leaseSeconds, log } = context;
  if (!(await requests.claim(id, instance, leaseSeconds))) return false;
  let lost = false;
  const confirm = async () => {
    const asked = performance.now();
    const ours = await requests.keep(id, instance, leaseSeconds).catch((error: unknown) => {
      throw new LeaseLostError(id, { cause: error });
    });
    if (!ours) lost = true;
    // This process may have been stopped while the answer was on its way: then the lease that it tells of has ended.
    if (lost || performance.now() - asked >= leaseSeconds * 1000) throw new LeaseLostError(id);
  };
  const timer = setInterval(
    () => confirm().catch((error: unknown) => log.warn({ err: error, request: id }, 'the lease of a request could not be renewed')),
    (leaseSeconds * 1000) / 3,
  );
  try {
    await work({
      confirm,
      get lost() {
        return lost;
      },
    });
  } finally {
    clearInterval(timer);
    await requests.release(id, instance).catch(() => {}); // it ends by itself
  }
  return true;
}
