/** Says what is being done, on standard error, with how long it took. */
export interface Progress {
  /** Runs a step and reports when it is done; a failure is reported and passed on. */
  step<Result>(name: string, work: () => Promise<Result>): Promise<Result>;
  say(text: string): void;
}

/** @param stop once aborted, no further step begins */
export function showProgress(write: (text: string) => void, stop: AbortSignal): Progress {
  const began = performance.now();
  const seconds = (from: number): string => `${((performance.now() - from) / 1000).toFixed(1)} s`;
  return {
    step: async (name, work) => {
      stop.throwIfAborted();
      const from = performance.now();
      try {
        const result = await work();
        write(`  ✓ ${name} (${seconds(from)}, at ${seconds(began)})\n`);
        return result;
      } catch (error) {
        write(`  ✗ ${name} (${seconds(from)})\n`);
        throw error;
      }
    },
    say: (text) => write(`${text}\n`),
  };
}
