import type { IncomingMessage } from 'node:http';
import type { Reply } from './endpoints/endpoint.ts';
import type { PodParts } from './pod-parts.ts';
import { RateLimiter } from './rate-limiter.ts';

const LIMITER = 'HotSwap.Distributed.Api.Middleware.RateLimitingMiddleware';

/** What stands before every route: the rate limit for each client, and the check of tokens. Who shows none is anonymous. */
export class Admittance {
  readonly #parts: Pick<PodParts, 'log' | 'tokens'>;
  readonly #limiter = new RateLimiter();

  constructor(parts: Pick<PodParts, 'log' | 'tokens'>) {
    this.#parts = parts;
  }

  /** Undefined: the request may be served. Requests that did not come through the ingress are not limited. */
  refuse(request: IncomingMessage, pathname: string): Reply | undefined {
    const address = request.headers['x-forwarded-for'];
    const refusal = typeof address === 'string' ? this.#limiter.refuse(`ip:${address}`, pathname, Date.now()) : undefined;
    if (refusal !== undefined) {
      const text = `Rate limit exceeded for client ${refusal.client} on endpoint ${pathname}. Limit: ${refusal.limit} requests per 00:01:00`;
      this.#parts.log.write('WRN', LIMITER, text);
      return { status: 429, body: { error: 'Rate limit exceeded', retryAfter: refusal.retryAfterSeconds } };
    }
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    return token === undefined || this.#parts.tokens.accepts(token) ? undefined : { status: 401, body: undefined };
  }
}
