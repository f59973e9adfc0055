import { seededRandom } from './kubernetes/random.ts';

/** Draws of the distributions that the world needs; the same seed gives the same draws in the same order. */
export interface Draws {
  /** In [0, 1). */
  next(): number;
  /** In [low, high). */
  between(low: number, high: number): number;
  /** A whole number from low to high, both included. */
  whole(low: number, high: number): number;
  /** One of the items; throws when there is none. */
  pick<Item>(items: readonly Item[]): Item;
  /** Waiting time until the next of events that come at random, on average every `mean`. */
  gap(mean: number): number;
  /** Log-normal: the median, and the spread of the logarithm. */
  around(median: number, spread: number): number;
  /** Independent draws, named, so that one part's use does not move another's. */
  branch(name: string): Draws;
}

export function draws(seed: number): Draws {
  const random = seededRandom(seed);
  const next = random.next;
  const between = (low: number, high: number): number => low + (high - low) * next();
  return {
    next,
    between,
    whole: (low, high) => low + Math.floor(next() * (high - low + 1)),
    pick: (items) => pick(items, next()),
    gap: (mean) => -mean * Math.log(1 - next()),
    around: (median, spread) => median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next())),
    branch: (name) => draws(hash(`${seed}/${name}`)),
  };
}

function pick<Item>(items: readonly Item[], position: number): Item {
  const item = items[Math.floor(position * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  return value >>> 0;
}
