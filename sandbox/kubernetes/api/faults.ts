export interface PathFault {
  readonly status?: number;
  readonly delayMs: number;
}

/** Faults of the API server's front, by path; each call returns what ends the fault. */
export interface Faults {
  /** Requests whose path (with query) matches wait this long before they are answered. */
  slow(path: RegExp, ms: number): () => void;
  /** Requests whose path (with query) matches are answered with this HTTP status. */
  fail(path: RegExp, status: number): () => void;
  /** What the faults in force do to a path. */
  on(path: string): PathFault;
  clear(): void;
}

export function pathFaults(): Faults {
  const slow = new Set<{ readonly path: RegExp; readonly ms: number }>();
  const failing = new Set<{ readonly path: RegExp; readonly status: number }>();
  const keep = <T>(set: Set<T>, fault: T): (() => void) => {
    set.add(fault);
    return () => set.delete(fault);
  };
  return {
    slow: (path, ms) => keep(slow, { path, ms }),
    fail: (path, status) => keep(failing, { path, status }),
    on: (asked) => {
      const delayMs = Math.max(0, ...[...slow].filter(({ path }) => path.test(asked)).map(({ ms }) => ms));
      const status = [...failing].find(({ path }) => path.test(asked))?.status;
      return { delayMs, ...(status === undefined ? {} : { status }) };
    },
    clear: () => {
      slow.clear();
      failing.clear();
    },
  };
}
