import type { RunContext } from './context.ts';

/** The request is in somebody else's hands: whoever held it must not touch it any more. */
export class LeaseLostError extends Error {
  constructor(id: string) {
    super(`request ${id} is in the hands of another executor`);
    this.name = 'LeaseLostError';
  }
}

export interface Lease {
  /** Throws LeaseLostError where the request is not ours any more; asks the store. */
  confirm(): Promise<void>;
}

/** Runs `work` while holding the request. Returns false where another executor holds it. */
export async function whileHolding(id: string, context: RunContext, work: (lease: Lease) => Promise<void>): Promise<boolean> {
  const { requests, instance, leaseSeconds, log } = context;
  if (!(await requests.claim(id, instance, leaseSeconds))) return false;
  const confirm = async () => {
    if (!(await requests.claim(id, instance, leaseSeconds))) throw new LeaseLostError(id);
  };
  const timer = setInterval(
    () => confirm().catch((error: unknown) => log.warn({ err: error, request: id }, 'the lease of a request could not be renewed')),
    (leaseSeconds * 1000) / 3,
  );
  try {
    await work({ confirm });
  } finally {
    clearInterval(timer);
    await requests.release(id, instance).catch(() => {}); // it ends by itself
  }
  return true;
}
