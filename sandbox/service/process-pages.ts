import type { ServerResponse } from 'node:http';
import { exposition } from './metrics.ts';
import type { PodParts } from './pod-parts.ts';

const HEALTH_CPU_MS = 0.4;
const METRICS_CPU_MS = 2.5;

/** The pages about the process itself, which probes and Prometheus ask for: they touch no dependency. */
export class ProcessPages {
  readonly #parts: PodParts;
  readonly #ready: () => boolean;

  constructor(parts: PodParts, ready: () => boolean) {
    this.#parts = parts;
    this.#ready = ready;
  }

  /** Answers where the path is one of its pages; false: it is not. */
  answer(pathname: string, response: ServerResponse): boolean {
    if (pathname === '/health') this.#page(response, '/health', HEALTH_CPU_MS, this.#ready() ? 200 : 503, () => this.#health());
    else if (pathname === '/metrics') this.#page(response, '/metrics', METRICS_CPU_MS, 200, () => this.#metrics());
    else return false;
    return true;
  }

  #health(): string {
    return this.#ready() ? 'Healthy' : 'Unhealthy';
  }

  #metrics(): string {
    return exposition(this.#parts.model.families(Date.now()));
  }

  #page(response: ServerResponse, route: string, cpuMs: number, status: number, body: () => string): void {
    const began = performance.now();
    this.#parts.cpu.spend(cpuMs);
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(body());
    this.#parts.model.finish({ method: 'GET', route, status, seconds: (performance.now() - began) / 1000 });
  }
}
