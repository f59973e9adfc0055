/** The machines under the nodes: one that is down runs nothing and tells the API server nothing. */
export class Machines {
  readonly #downSince = new Map<string, Date>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  /** Takes a machine's power. */
  stop(node: string): void {
    if (!this.#downSince.has(node)) this.#downSince.set(node, this.#now());
  }

  /** Starts it again; its kubelet then starts what its pods lost. */
  start(node: string): void {
    this.#downSince.delete(node);
  }

  /** Since when it is down; undefined: it runs. */
  downSince(node: string): Date | undefined {
    return this.#downSince.get(node);
  }

  isDown(node: string | undefined): boolean {
    return node !== undefined && this.#downSince.has(node);
  }
}
