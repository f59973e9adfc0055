import { get } from 'node:http';
import type { Container } from '../kinds/pod.ts';
import type { PodProcess } from '../runtime.ts';

export type ProbeKind = 'Startup' | 'Readiness' | 'Liveness';
type ProbeSpec = NonNullable<Container['readinessProbe']>;

/**
 * How much of the cluster's hurry a kind of probe has while something is wrong. What starts or hangs is a real process in real
 * time, so the probes that end a container leave it more of that.
 */
const HURRY: Readonly<Record<ProbeKind, number>> = { Startup: 0.25, Readiness: 1, Liveness: 0.25 };

/** One look of a probe: what it said, where it failed. */
type Look = { readonly ok: true } | { readonly ok: false; readonly output: string };

interface ProbeOptions {
  readonly kind: ProbeKind;
  readonly spec: ProbeSpec;
  readonly container: Container;
  readonly podIp: string;
  readonly timeScale: number;
  /** Told of every look that failed. */
  readonly onFailure: (message: string) => void;
}

/**
 * A probe of a running container, as kubernetes pkg/kubelet/prober counts it: a result changes after as many looks in a row
 * as its threshold says. While all is well it looks in real seconds, so that probes are the share of the traffic that
 * they are in production; as long as something is wrong, time passes faster by the cluster's scale.
 */
export class Probe {
  readonly #options: ProbeOptions;
  /** Undefined until the first result: a startup probe has not passed, readiness is not given, liveness is. */
  #passes: boolean | undefined;
  #last: boolean | undefined;
  #inARow = 0;
  #lookAt: number;
  #looking = false;

  constructor(options: ProbeOptions, startedAt: number) {
    this.#options = options;
    this.#lookAt = startedAt + ((options.spec.initialDelaySeconds ?? 0) * 1000) / options.timeScale;
  }

  /** What the probe has found: true and false after enough looks, undefined before. */
  get passes(): boolean | undefined {
    return this.#passes;
  }

  /** Looks, where it is time to. */
  tick(process: PodProcess, now: number): void {
    if (this.#looking || now < this.#lookAt) return;
    this.#looking = true;
    void this.#look(process).then((look) => this.#count(look, now));
  }

  #count(look: Look, now: number): void {
    const { spec, kind, onFailure } = this.#options;
    this.#looking = false;
    this.#inARow = look.ok === this.#last ? this.#inARow + 1 : 1;
    this.#last = look.ok;
    if (this.#inARow >= (look.ok ? spec.successThreshold : spec.failureThreshold)) this.#passes = look.ok;
    const well = look.ok && this.#passes === true;
    this.#lookAt = now + (spec.periodSeconds * 1000) / (well ? 1 : this.#hurry());
    if (!look.ok) onFailure(`${kind} probe failed: ${look.output}`);
  }

  #hurry(): number {
    return Math.max(1, this.#options.timeScale * HURRY[this.#options.kind]);
  }

  async #look(process: PodProcess): Promise<Look> {
    const { spec, container, podIp } = this.#options;
    if (spec.httpGet === undefined) return { ok: true };
    const port = portOf(container, spec.httpGet.port);
    const path = spec.httpGet.path ?? '/';
    const url = `http://${podIp}:${port}${path}`;
    if (!process.listens(port)) return { ok: false, output: `Get "${url}": dial tcp ${podIp}:${port}: connect: connection refused` };
    return httpGet(process, path, url, spec.timeoutSeconds * 1000);
  }
}

function portOf(container: Container, port: number | string): number {
  if (typeof port === 'number') return port;
  return container.ports?.find(({ name }) => name === port)?.containerPort ?? 0;
}

/** A machine that is busy delays timers and answers alike: a timer that comes this late gives the answer one more chance. */
const LATE_MS = 150;

function httpGet(process: PodProcess, path: string, url: string, timeoutMs: number): Promise<Look> {
  return new Promise((resolve) => {
    const { host, port } = process;
    const request = get({ host, port, path, agent: false, headers: { 'user-agent': 'kube-probe/1.34' } }, (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      settle(status >= 200 && status < 400 ? { ok: true } : { ok: false, output: `HTTP probe failed with statuscode: ${status}` });
    });
    let timer: NodeJS.Timeout;
    const wait = (): void => {
      const dueAt = Date.now() + timeoutMs;
      timer = setTimeout(() => {
        if (Date.now() - dueAt > LATE_MS) wait();
        else settle({ ok: false, output: `Get "${url}": context deadline exceeded (Client.Timeout exceeded while awaiting headers)` });
      }, timeoutMs);
    };
    const settle = (look: Look): void => {
      clearTimeout(timer);
      request.destroy();
      resolve(look);
    };
    request.on('error', () => settle({ ok: false, output: `Get "${url}": dial tcp ${new URL(url).host}: connect: connection refused` }));
    wait();
  });
}
