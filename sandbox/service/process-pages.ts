import type { ServerResponse } from 'node:http';
import { exposition } from './metrics.ts';
import { MetricsPage } from './metrics-page.ts';
import type { PodParts } from './pod-parts.ts';

const HEALTH_CPU_MS = 0.4;
const METRICS_CPU_MS = 2.5;

/** The pages about the process itself, which probes and Prometheus ask for: they touch no dependency. */
export class ProcessPages {
  readonly #parts: PodParts;
  readonly #ready: () => boolean;
  readonly #metrics: MetricsPage;

  constructor(parts: PodParts, ready: () => boolean) {
    this.#parts = parts;
    this.#ready = ready;
    this.#metrics = new MetricsPage(parts.build, () => exposition(parts.model.families(Date.now())));
  }

  /** Answers where the path is one of its pages; false: it is not. */
  answer(pathname: string, response: ServerResponse): boolean {
    if (pathname === '/health') this.#measure('/health', HEALTH_CPU_MS, async () => this.#health(response));
    else if (pathname === '/metrics') this.#measure('/metrics', METRICS_CPU_MS, () => this.#metrics.answer(response.req, response));
    else return false;
    return true;
  }

  #health(response: ServerResponse): number {
    const status = this.#ready() ? 200 : 503;
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(status === 200 ? 'Healthy' : 'Unhealthy');
    return status;
  }

  #measure(route: string, cpuMs: number, answer: () => Promise<number>): void {
    const began = performance.now();
    this.#parts.cpu.spend(cpuMs);
    void answer().then((status) => this.#parts.model.finish({ method: 'GET', route, status, seconds: (performance.now() - began) / 1000 }));
  }
}
