import type { Evidence } from './types.ts';

/**
 * What one process has just read, for all of its runs: many people who ask at once cost the systems one reading. A reading that
 * failed is shared as well, so that a sick system is not asked over and over.
 */
export interface SharedReadings {
  /** The reading under that key where it began a moment ago, else a new one. */
  once(key: string, read: () => Promise<Evidence<unknown>>): Promise<Evidence<unknown>>;
}

/** @param seconds how long after its beginning a reading is used for others */
export function shareReadings(seconds: number, now: () => number = () => performance.now()): SharedReadings {
  const readings = new Map<string, { readonly began: number; readonly evidence: Promise<Evidence<unknown>> }>();
  const forget = (at: number) => {
    for (const [key, { began }] of readings) if (at - began >= seconds * 1_000) readings.delete(key);
  };
  return {
    once(key, read) {
      const at = now();
      forget(at);
      const known = readings.get(key);
      if (known !== undefined) return known.evidence;
      const evidence = read();
      readings.set(key, { began: at, evidence });
      evidence.catch(() => readings.delete(key)); // a broken run is nobody else's answer
      return evidence;
    },
  };
}
