/** How often one client may ask for addresses that begin so. */
interface Limit {
  readonly path: string;
  readonly requests: number;
}

const WINDOW_MS = 60_000;
/** As the service's own settings state them; the first that fits counts. */
const LIMITS: readonly Limit[] = [
  { path: '/api/v1/deployments', requests: 10 },
  { path: '/api/v1/auth', requests: 5 },
  { path: '/', requests: 1_000 },
];

interface Refusal {
  readonly client: string;
  readonly limit: number;
  readonly retryAfterSeconds: number;
}

/** Counts the requests of each client in the memory of one process: other pods know nothing of them. */
export class RateLimiter {
  readonly #times = new Map<string, number[]>();

  /** Undefined: the request may be served. */
  refuse(client: string, path: string, now: number): Refusal | undefined {
    const limit = LIMITS.find((one) => path.startsWith(one.path));
    if (limit === undefined) return undefined;
    const key = `${client} ${limit.path}`;
    const times = (this.#times.get(key) ?? []).filter((at) => at > now - WINDOW_MS);
    this.#times.set(key, times);
    if (times.length >= limit.requests) return { client, limit: limit.requests, retryAfterSeconds: WINDOW_MS / 1_000 };
    times.push(now);
    return undefined;
  }
}
