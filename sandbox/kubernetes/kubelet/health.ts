import type { Container } from '../kinds/pod.ts';
import type { PodProcess } from '../runtime.ts';
import { Probe, type ProbeKind } from './probe.ts';

interface HealthOptions {
  readonly container: Container;
  readonly podIp: string;
  readonly timeScale: number;
  readonly startedAt: number;
  /** Told of every probe that failed, in the kubelet's words. */
  readonly onFailure: (message: string) => void;
}

/** The probes of one run of a container. Readiness and liveness wait until the startup probe has passed, where there is one. */
export class Health {
  readonly #startup: Probe | undefined;
  readonly #readiness: Probe | undefined;
  readonly #liveness: Probe | undefined;

  constructor(options: HealthOptions) {
    const { container, podIp, timeScale, startedAt, onFailure } = options;
    const probe = (kind: ProbeKind, spec: Container['readinessProbe']): Probe | undefined =>
      spec === undefined ? undefined : new Probe({ kind, spec, container, podIp, timeScale, onFailure }, startedAt);
    this.#startup = probe('Startup', container.startupProbe);
    this.#readiness = probe('Readiness', container.readinessProbe);
    this.#liveness = probe('Liveness', container.livenessProbe);
  }

  get started(): boolean {
    return this.#startup === undefined || this.#startup.passes === true;
  }

  /** A container without a readiness probe is ready as soon as it runs. */
  get ready(): boolean {
    return this.started && (this.#readiness === undefined || this.#readiness.passes === true);
  }

  /** The probe for which the container must be restarted. */
  get failed(): 'startup' | 'liveness' | undefined {
    if (this.#startup?.passes === false) return 'startup';
    return this.#liveness?.passes === false ? 'liveness' : undefined;
  }

  tick(process: PodProcess, now: number): void {
    this.#startup?.tick(process, now);
    if (!this.started) return;
    this.#readiness?.tick(process, now);
    this.#liveness?.tick(process, now);
  }
}
