/** Where something in a text begins that is worth a closer look. Made in one pass, because nearly all of a log is not. */
interface Sights {
  /** Places of each anchor that was found, by its position in the list that the scanner was made of. */
  readonly anchors: ReadonlyMap<number, readonly number[]>;
  /** Runs of letters of base64 that are long enough to hold something: start and end in turn. */
  readonly runs: readonly number[];
}

const SHORTEST_RUN = 32;

const LETTERS = 256;
/** Upper case as lower case; what is no letter of ASCII as it is. */
const FOLDED = Uint8Array.from({ length: LETTERS }, (_, code) => (code >= 65 && code <= 90 ? code + 32 : code));
const IN_RUN = Uint8Array.from({ length: LETTERS }, (_, code) => (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)) ? 1 : 0));

/** Looks for many words at once, in any case, in text of a byte a letter. */
export class Scanner {
  /** For two letters next to each other: 0, or where the anchors that begin with them stand in `#buckets`. */
  readonly #pairs = new Uint16Array(LETTERS * LETTERS);
  readonly #buckets: { readonly anchor: number; readonly codes: readonly number[] }[][] = [[]];
  /** Kept for the next text: a new one for each would be most of the garbage that a log makes. */
  #bytes: Buffer = Buffer.alloc(0);

  /** @param anchors two letters long at least, in lower case */
  constructor(anchors: readonly string[]) {
    for (const [anchor, text] of anchors.entries()) {
      const codes = [...text].map((letter) => letter.charCodeAt(0));
      const pair = ((codes[0] ?? 0) << 8) | (codes[1] ?? 0);
      if (this.#pairs[pair] === 0) this.#pairs[pair] = this.#buckets.push([]) - 1;
      this.#buckets[this.#pairs[pair] ?? 0]?.push({ anchor, codes });
    }
  }

  scan(text: string): Sights {
    const anchors = new Map<number, number[]>();
    const runs: number[] = [];
    const bytes = this.#bytesOf(text);
    const pairs = this.#pairs;
    let previous = 0;
    let runStart = -1;
    for (let at = 0; at < bytes.length; at++) {
      const code = bytes[at] ?? 0;
      const folded = FOLDED[code] ?? 0;
      const bucket = pairs[(previous << 8) | folded] ?? 0;
      if (bucket !== 0) this.#compare(bytes, at - 1, bucket, anchors);
      previous = folded;
      if (IN_RUN[code] === 1) {
        if (runStart === -1) runStart = at;
      } else if (runStart !== -1) {
        if (at - runStart >= SHORTEST_RUN) runs.push(runStart, at);
        runStart = -1;
      }
    }
    if (runStart !== -1 && bytes.length - runStart >= SHORTEST_RUN) runs.push(runStart, bytes.length);
    return { anchors, runs };
  }

  /** Far quicker to go through than the letters of a string. Valid until the next call. */
  #bytesOf(text: string): Uint8Array {
    if (this.#bytes.length < text.length) this.#bytes = Buffer.allocUnsafeSlow(text.length);
    return this.#bytes.subarray(0, this.#bytes.write(text, 'latin1'));
  }

  #compare(bytes: Uint8Array, start: number, bucket: number, anchors: Map<number, number[]>): void {
    for (const { anchor, codes } of this.#buckets[bucket] ?? []) {
      let offset = 2;
      while (offset < codes.length && FOLDED[bytes[start + offset] ?? 0] === codes[offset]) offset++;
      if (offset < codes.length) continue;
      const known = anchors.get(anchor);
      if (known === undefined) anchors.set(anchor, [start]);
      else known.push(start);
    }
  }
}
