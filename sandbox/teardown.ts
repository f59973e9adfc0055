/** What must be undone at the end, the last first. Each step is tried, whatever the others do. */
export class Teardown {
  #steps: (() => Promise<unknown>)[] = [];
  #running: Promise<void> | undefined;

  add(step: () => Promise<unknown>): void {
    this.#steps.push(step);
  }

  /** Runs every step once; failures of single steps do not stop the others. */
  run(): Promise<void> {
    this.#running ??= this.#undo();
    return this.#running;
  }

  async #undo(): Promise<void> {
    while (this.#steps.length > 0) {
      try {
        await this.#steps.pop()?.();
      } catch (error) {
        process.stderr.write(`  ! while stopping: ${error instanceof Error ? error.message : String(error)}\n`);
      }
    }
  }
}
