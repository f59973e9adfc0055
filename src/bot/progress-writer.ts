import type { ProgressStep } from '../store/runs.ts';

interface ProgressEvent {
  readonly id: string;
  readonly title: string;
  readonly status: ProgressStep['status'];
  readonly detail: string | null;
}

/** Collects the steps of a run and writes them at most once per interval, the latest state of each, in the order of their first sight. */
export interface ProgressWriter {
  see(event: ProgressEvent): void;
  steps(): readonly ProgressStep[];
  /** Writes no more; resolves when the write under way has ended. */
  stop(): Promise<void>;
}

/** @param write must not reject: what cannot be written now is written with the next state. */
export function createProgressWriter(intervalMs: number, write: (steps: readonly ProgressStep[]) => Promise<void>): ProgressWriter {
  const steps = new Map<string, ProgressStep>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();
  let stopped = false;

  const flush = () => {
    timer = undefined;
    writing = writing.then(() => (stopped ? undefined : write([...steps.values()])));
  };
  return {
    see({ id, title, status, detail }) {
      steps.set(id, { id, title, status, detail });
      if (!stopped) timer ??= setTimeout(flush, steps.size === 1 && timer === undefined ? 0 : intervalMs);
    },
    steps: () => [...steps.values()],
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await writing;
    },
  };
}
