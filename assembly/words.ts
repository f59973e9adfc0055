/** Longer words are not told apart. */
const LONGEST: usize = 16;
const HALF: usize = 8;
const MOST_OF_A_LENGTH: usize = 8;
const ALL: usize = (LONGEST + 1) * MOST_OF_A_LENGTH;

/**
 * A few words of at most sixteen letters, each with what it stands for, which is never 0. They are kept by length and
 * compared by their first and their last eight bytes, so that no letter is looked at alone.
 */
export class Words {
  private counts: StaticArray<u32> = new StaticArray<u32>(<i32>LONGEST + 1);
  private heads: StaticArray<u64> = new StaticArray<u64>(<i32>ALL);
  private tails: StaticArray<u64> = new StaticArray<u64>(<i32>ALL);
  private meanings: StaticArray<i32> = new StaticArray<i32>(<i32>ALL);

  add(texts: StaticArray<string>, meaning: i32): void {
    for (let index = 0; index < texts.length; index++) {
      const text = texts[index];
      const at = text.length * <i32>MOST_OF_A_LENGTH + this.counts[text.length]++;
      this.heads[at] = lettersOf(text, 0);
      this.tails[at] = lettersOf(text, max(0, text.length - <i32>HALF));
      this.meanings[at] = meaning;
    }
  }

  /** What the word from `start` to `end` stands for; 0: it is none of them. */
  find(start: usize, end: usize): i32 {
    const length = end - start;
    if (length - 1 >= LONGEST) return 0;
    const head = length < HALF ? load<u64>(start) & (((<u64>1) << (length * 8)) - 1) : load<u64>(start);
    const tail = length > HALF ? load<u64>(end - HALF) : head;
    const first = <i32>(length * MOST_OF_A_LENGTH);
    const last = first + unchecked(this.counts[<i32>length]);
    for (let at = first; at < last; at++)
      if (unchecked(this.heads[at]) === head && unchecked(this.tails[at]) === tail) return unchecked(this.meanings[at]);
    return 0;
  }
}

/** Up to eight letters from `from` on, as they stand in the memory. */
export function lettersOf(text: string, from: i32): u64 {
  let letters: u64 = 0;
  for (let offset = 0; offset < <i32>HALF && from + offset < text.length; offset++)
    letters |= (<u64>text.charCodeAt(from + offset)) << (offset * 8);
  return letters;
}
