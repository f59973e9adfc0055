import { createHmac, randomBytes } from 'node:crypto';

/** What `replace` leaves, with the kind as its first group. */
export const TOKEN = /\[redacted-([\w-]+)-[0-9a-f]{8}\]/g;

/** What stands where a secret stood: the same for the same secret, so that it can be followed through all files. */
export interface Tokens {
  replace(kind: string, secret: string): string;
  /** Tokens of one file, the same as these. They are counted once they are kept: those of a file that comes to nothing never are. */
  apart(): FileTokens;
  /** How many secrets of each kind were replaced, and how many different ones. */
  counts(): readonly { readonly kind: string; readonly times: number; readonly different: number }[];
}

export interface FileTokens extends Pick<Tokens, 'replace'> {
  keep(): void;
}

const LENGTH = 8;
/** Different secrets that are told apart for the counts; beyond it they are only counted. */
const MOST_DIFFERENT = 10_000;

/** @param key keyed so that nobody can try out which secret a token stands for; left out: one that nobody knows. */
export function createTokens(key: Uint8Array = randomBytes(32)): Tokens {
  const markOf = (secret: string) => createHmac('sha256', key).update(secret, 'latin1').digest('hex').slice(0, LENGTH);
  const all = new Counts();
  const replacing = (counts: Counts) => (kind: string, secret: string) => {
    const mark = markOf(secret);
    counts.add(kind, 1, [mark]);
    return `[redacted-${kind}-${mark}]`;
  };
  return {
    replace: replacing(all),
    apart: () => {
      const own = new Counts();
      return { replace: replacing(own), keep: () => all.addAll(own) };
    },
    counts: () => all.list(),
  };
}

class Counts {
  readonly #seen = new Map<string, { times: number; readonly different: Set<string> }>();

  add(kind: string, times: number, marks: Iterable<string>): void {
    const count = this.#seen.get(kind) ?? { times: 0, different: new Set() };
    this.#seen.set(kind, count);
    count.times += times;
    for (const mark of marks) if (count.different.size < MOST_DIFFERENT) count.different.add(mark);
  }

  addAll(other: Counts): void {
    for (const [kind, { times, different }] of other.#seen) this.add(kind, times, different);
  }

  list() {
    return [...this.#seen]
      .map(([kind, { times, different }]) => ({ kind, times, different: different.size }))
      .sort((a, b) => b.times - a.times);
  }
}
