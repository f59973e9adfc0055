/** Where something in a text begins that is worth a closer look. Made in one pass, because nearly all of a log is not. */
interface Sights {
  /** Places of each anchor that was found, by its position in the list that the scanner was made of. */
  readonly anchors: ReadonlyMap<number, readonly number[]>;
  /** Runs of letters of base64 that are long enough to hold something: start and end in turn. */
  readonly runs: readonly number[];
}

const SHORTEST_RUN = 32;
const PROBE_EVERY = SHORTEST_RUN / 2;

const LETTERS = 256;
/** Upper case as lower case; what is no letter of ASCII as it is. */
const FOLDED = Uint8Array.from({ length: LETTERS }, (_, code) => (code >= 65 && code <= 90 ? code + 32 : code));
const IN_RUN = Uint8Array.from({ length: LETTERS }, (_, code) => (/[A-Za-z0-9+/_-]/.test(String.fromCharCode(code)) ? 1 : 0));

/** Letters that are told apart at the first glance; all others are one kind. So few that three in a row index a table that stays in the cache. */
const KIND_BITS = 5;
const KINDS = 1 << KIND_BITS;
const THREE = (1 << (3 * KIND_BITS)) - 1;
const KIND = Uint8Array.from({ length: LETTERS }, (_, code) => kindOf(String.fromCharCode(FOLDED[code] ?? 0)));

function kindOf(letter: string): number {
  if (letter >= 'a' && letter <= 'z') return letter.charCodeAt(0) - 97;
  if (/\d/.test(letter)) return 26;
  if (letter === '.') return 27;
  if (/[_-]/.test(letter)) return 28;
  if (/[:/\\%]/.test(letter)) return 29;
  return letter === ' ' ? 30 : 31;
}

interface Anchor {
  readonly anchor: number;
  readonly codes: readonly number[];
}

/** Looks for many words at once, in any case, in text of a byte a letter. */
export class Scanner {
  /** For the kinds of three letters next to each other: 0, or where the anchors that may begin with them stand in `#buckets`. */
  readonly #triples = new Uint16Array(THREE + 1);
  readonly #buckets: Anchor[][] = [[]];
  /** Kept for the next text: a new one for each would be most of the garbage that a log makes. */
  #bytes: Buffer = Buffer.alloc(0);

  /** @param anchors two letters long at least, in lower case */
  constructor(anchors: readonly string[]) {
    for (const [anchor, text] of anchors.entries()) {
      const codes = [...text].map((letter) => letter.charCodeAt(0));
      const [first = 0, second = 0, third] = codes.map((code) => KIND[code] ?? 0);
      const pair = (first << (2 * KIND_BITS)) | (second << KIND_BITS);
      const thirds = third === undefined ? Array.from({ length: KINDS }, (_, kind) => kind) : [third];
      for (const kind of thirds) this.#put(pair | kind, { anchor, codes });
    }
  }

  #put(triple: number, anchor: Anchor): void {
    if (this.#triples[triple] === 0) this.#triples[triple] = this.#buckets.push([]) - 1;
    this.#buckets[this.#triples[triple] ?? 0]?.push(anchor);
  }

  scan(text: string): Sights {
    const bytes = this.#bytesOf(text);
    return { anchors: this.#findAnchors(bytes), runs: findRuns(bytes) };
  }

  #findAnchors(bytes: Uint8Array): ReadonlyMap<number, readonly number[]> {
    const anchors = new Map<number, number[]>();
    const triples = this.#triples;
    let triple = THREE;
    for (let at = 0; at < bytes.length; at++) {
      triple = ((triple << KIND_BITS) & THREE) | (KIND[bytes[at] ?? 0] ?? 0);
      const bucket = triples[triple] ?? 0;
      if (bucket !== 0 && at > 1) this.#compare(bytes, at - 2, bucket, anchors);
    }
    return anchors;
  }

  /** Far quicker to go through than the letters of a string. Valid until the next call. */
  #bytesOf(text: string): Uint8Array {
    if (this.#bytes.length < text.length) this.#bytes = Buffer.allocUnsafeSlow(text.length);
    return this.#bytes.subarray(0, this.#bytes.write(text, 'latin1'));
  }

  #compare(bytes: Uint8Array, start: number, bucket: number, anchors: Map<number, number[]>): void {
    for (const { anchor, codes } of this.#buckets[bucket] ?? []) {
      let offset = 0;
      while (offset < codes.length && FOLDED[bytes[start + offset] ?? 0] === codes[offset]) offset++;
      if (offset < codes.length) continue;
      const known = anchors.get(anchor);
      if (known === undefined) anchors.set(anchor, [start]);
      else known.push(start);
    }
  }
}

/** A run that is long enough stands on two probes next to each other: what stands on none, or on one, needs no look. */
function findRuns(bytes: Uint8Array): readonly number[] {
  const runs: number[] = [];
  let done = 0;
  for (let at = PROBE_EVERY; at < bytes.length; at += PROBE_EVERY) {
    if (at < done || IN_RUN[bytes[at] ?? 0] !== 1 || IN_RUN[bytes[at - PROBE_EVERY] ?? 0] !== 1) continue;
    let start = at;
    while (start > done && IN_RUN[bytes[start - 1] ?? 0] === 1) start--;
    done = at + 1;
    while (done < bytes.length && IN_RUN[bytes[done] ?? 0] === 1) done++;
    if (done - start >= SHORTEST_RUN) runs.push(start, done);
  }
  return runs;
}
