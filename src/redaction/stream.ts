import { Transform, type TransformCallback } from 'node:stream';
import { findSecrets, LONGEST_SECRET, type Rules } from './find.ts';
import type { Tokens } from './tokens.ts';

/** So much is looked at together at least. */
const BLOCK = 256 * 1024;

/**
 * Takes secrets out of bytes as they pass, wherever they were cut apart. Memory does not grow with what passes. Bytes that are
 * no secret pass as they are, in whatever encoding.
 */
export class RedactingStream extends Transform {
  readonly #rules: Rules;
  readonly #tokens: Tokens;
  #pending = '';

  constructor(rules: Rules, tokens: Tokens) {
    super();
    this.#rules = rules;
    this.#tokens = tokens;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    this.#pending += chunk.toString('latin1');
    if (this.#pending.length >= BLOCK) this.#pass(this.#pending.length - LONGEST_SECRET);
    done();
  }

  override _flush(done: TransformCallback): void {
    this.#pass(this.#pending.length);
    done();
  }

  /** Passes on what stands before `limit`, less where a secret goes across it. */
  #pass(limit: number): void {
    const text = this.#pending;
    const parts: string[] = [];
    let at = 0;
    let cut = limit;
    for (const { kind, start, end } of findSecrets(text, this.#rules)) {
      if (start >= cut) break;
      if (end > cut) {
        cut = start;
        break;
      }
      parts.push(text.slice(at, start), this.#tokens.replace(kind, text.slice(start, end)));
      at = end;
    }
    parts.push(text.slice(at, cut));
    this.#pending = text.slice(cut);
    const passed = parts.join('');
    if (passed !== '') this.push(Buffer.from(passed, 'latin1'));
  }
}
