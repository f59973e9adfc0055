import { Transform, type TransformCallback } from 'node:stream';
import { findSecrets, LONGEST_SECRET, type Rules } from './find.ts';
import type { Tokens } from './tokens.ts';

/** So much is looked at together. As text it is still no large object to V8, which would keep those for long. */
const BLOCK = 120 * 1024;

/**
 * Takes secrets out of bytes as they pass, wherever they were cut apart. Memory does not grow with what passes. Bytes that are
 * no secret pass as they are, in whatever encoding.
 */
export class RedactingStream extends Transform {
  readonly #rules: Rules;
  readonly #tokens: Tokens;
  /** Kept for all that passes, so that little is left for the garbage collector. Longer only while one secret is longer. */
  #block = Buffer.allocUnsafeSlow(BLOCK);
  #held = 0;

  constructor(rules: Rules, tokens: Tokens) {
    super();
    this.#rules = rules;
    this.#tokens = tokens;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    for (let at = 0; at < chunk.length; ) {
      const taken = chunk.copy(this.#block, this.#held, at);
      at += taken;
      this.#held += taken;
      if (this.#held === this.#block.length) this.#pass(this.#held - LONGEST_SECRET);
    }
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#pass(this.#held);
    done();
  }

  /** Passes on what stands before `limit`, less where a secret goes across it. */
  #pass(limit: number): void {
    const text = this.#block.toString('latin1', 0, this.#held);
    const parts: Buffer[] = [];
    let at = 0;
    let cut = limit;
    for (const { kind, start, end } of findSecrets(text, this.#rules)) {
      if (start >= cut) break;
      if (end > cut) {
        cut = start;
        break;
      }
      parts.push(this.#block.subarray(at, start), Buffer.from(this.#tokens.replace(kind, text.slice(start, end)), 'latin1'));
      at = end;
    }
    parts.push(this.#block.subarray(at, cut));
    const passed = Buffer.concat(parts);
    if (passed.length > 0) this.push(passed);
    if (cut === 0 && limit > 0) this.#block = Buffer.concat([this.#block], this.#block.length + BLOCK);
    else this.#block.copyWithin(0, cut, this.#held);
    this.#held -= cut;
  }
}
