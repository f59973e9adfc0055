/** Reproducible randomness: the same seed gives the same names and uids in the same order. */
export interface Random {
  /** A number in [0, 1). */
  next(): number;
  uuid(): string;
  /** Characters of the alphabet that Kubernetes uses for generated names (no vowels, no look-alikes). */
  suffix(length: number): string;
}

export const safeAlphabet = 'bcdfghjklmnpqrstvwxz2456789';

/** mulberry32: small, fast and good enough to name things. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const pick = (alphabet: string): string => alphabet.charAt(Math.floor(next() * alphabet.length));
  const hex = (length: number): string => Array.from({ length }, () => pick('0123456789abcdef')).join('');
  return {
    next,
    uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${pick('89ab')}${hex(3)}-${hex(12)}`,
    suffix: (length) => Array.from({ length }, () => pick(safeAlphabet)).join(''),
  };
}
