import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { BuildTraits } from './builds.ts';

const TEXT = { 'content-type': 'text/plain; charset=utf-8' };
const HTTPS_PORT = 8443;
const MINUTE_MS = 60_000;
/** Longer than any scrape waits. */
const SLOW_MS = 15_000;

/** How a build serves its metrics: most show the page, some do something else with the request. */
export class MetricsPage {
  readonly #build: BuildTraits;
  readonly #page: () => string;
  #asked: readonly number[] = [];

  constructor(build: BuildTraits, page: () => string) {
    this.#build = build;
    this.#page = page;
  }

  /** Answers, and says with which status. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<number> {
    if (this.#isTooMany(Date.now())) return send(response, 429, { 'retry-after': '60' });
    switch (this.#build.metricsPage) {
      case 'unmapped':
        return send(response, 404, {});
      case 'wants-token':
        return send(response, 401, { 'www-authenticate': 'Bearer' });
      case 'https-only': {
        const [host = ''] = (request.headers.host ?? '').split(':');
        return send(response, 307, { location: `https://${host}:${HTTPS_PORT}${request.url ?? '/'}` });
      }
      case 'slow':
        await delay(SLOW_MS, undefined, { ref: false });
        return send(response, 200, TEXT, this.#page());
      default:
        return send(response, 200, TEXT, this.#page());
    }
  }

  #isTooMany(now: number): boolean {
    const limit = this.#build.metricsPerMinute;
    if (limit === undefined) return false;
    this.#asked = [...this.#asked.filter((at) => at > now - MINUTE_MS), now];
    return this.#asked.length > limit;
  }
}

function send(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body = ''): number {
  if (!response.destroyed) response.writeHead(status, headers).end(body);
  return status;
}
