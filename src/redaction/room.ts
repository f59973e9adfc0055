/** Memory in which bytes are put together, and which is used again: a new one each time would be most of the garbage that a log makes. */
export class Room {
  #bytes = Buffer.allocUnsafeSlow(0);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** @param part bytes, or text of a byte a letter */
  put(part: Uint8Array | string): void {
    const end = this.#length + part.length;
    if (end > this.#bytes.length) this.#grow(2 * end);
    if (typeof part === 'string') this.#bytes.write(part, this.#length, 'latin1');
    else this.#bytes.set(part, this.#length);
    this.#length = end;
  }

  /** What was put, which is valid until more is. */
  take(): Uint8Array {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #grow(size: number): void {
    const grown = Buffer.allocUnsafeSlow(size);
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}
