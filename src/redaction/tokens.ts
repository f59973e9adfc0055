import { createHmac, randomBytes } from 'node:crypto';

/** What `replace` leaves, with the kind as its first group. */
export const TOKEN = /\[redacted-([\w-]+)-[0-9a-f]{8}\]/g;

/** What stands where a secret stood: the same for the same secret, so that it can be followed through all files. */
export interface Tokens {
  replace(kind: string, secret: string): string;
  /** How many secrets of each kind were replaced, and how many different ones. */
  counts(): readonly { readonly kind: string; readonly times: number; readonly different: number }[];
}

const LENGTH = 8;
/** Different secrets that are told apart for the counts; beyond it they are only counted. */
const MOST_DIFFERENT = 10_000;

/** @param key keyed so that nobody can try out which secret a token stands for; left out: one that nobody knows. */
export function createTokens(key: Uint8Array = randomBytes(32)): Tokens {
  const seen = new Map<string, { times: number; readonly different: Set<string> }>();
  return {
    replace(kind, secret) {
      const mark = createHmac('sha256', key).update(secret, 'latin1').digest('hex').slice(0, LENGTH);
      const count = seen.get(kind) ?? { times: 0, different: new Set() };
      seen.set(kind, count);
      count.times += 1;
      if (count.different.size < MOST_DIFFERENT) count.different.add(mark);
      return `[redacted-${kind}-${mark}]`;
    },
    counts: () =>
      [...seen].map(([kind, { times, different }]) => ({ kind, times, different: different.size })).sort((a, b) => b.times - a.times),
  };
}
