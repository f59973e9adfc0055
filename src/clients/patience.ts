/** A time limit for an answer that comes in pieces: it counts while nothing comes, and not while a piece is being used. */
export class Patience {
  readonly #ended = new AbortController();
  readonly #milliseconds: number;
  #timer: NodeJS.Timeout | undefined;

  /** It counts from now on. */
  constructor(milliseconds: number) {
    this.#milliseconds = milliseconds;
    this.wait();
  }

  /** Aborted once nothing has come for so long; the reason is a TimeoutError, as of `AbortSignal.timeout`. */
  get signal(): AbortSignal {
    return this.#ended.signal;
  }

  wait(): void {
    this.rest();
    this.#timer = setTimeout(
      () => this.#ended.abort(new DOMException('nothing has come for too long', 'TimeoutError')),
      this.#milliseconds,
    );
  }

  rest(): void {
    clearTimeout(this.#timer);
  }
}
