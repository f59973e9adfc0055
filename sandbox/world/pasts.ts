import type { RunningPodSpec } from '../kubernetes/runtime.ts';
import type { Draws } from '../random.ts';
import type { Past, PastPod, PastSeries } from '../service/history.ts';
import type { PodModel } from '../service/pod-model.ts';
import type { RunningPod } from '../service/runtime.ts';
import { type Installation, pastOf } from './service.ts';
import { pastLabels } from './targets.ts';

/** Pods that have been running for a day when the sandbox starts: the first pods of each namespace go on where they stand. */
export class Pasts {
  readonly #pasts: Map<string, Past>;
  readonly #waiting = new Map<string, PastPod[]>();
  readonly #adopted = new Map<string, PastPod>();

  static async simulate(installations: readonly Installation[], random: Draws): Promise<Pasts> {
    const now = Date.now();
    const simulate = async (installation: Installation): Promise<readonly [string, Past]> => {
      return [installation.namespace, await pastOf(installation, now, random.branch(installation.namespace))];
    };
    return new Pasts(await Promise.all(installations.map(simulate)));
  }

  private constructor(pasts: readonly (readonly [string, Past])[]) {
    this.#pasts = new Map(pasts);
  }

  /** The model of a pod's first day, while there are any left for its namespace. */
  adopt(spec: RunningPodSpec): PodModel | undefined {
    const past = this.#waitingIn(spec.namespace).shift();
    if (past !== undefined) this.#adopted.set(spec.uid, past);
    return past?.model;
  }

  /** Those that no pod has yet; the first pod of a namespace makes all of them come alive. */
  #waitingIn(namespace: string): PastPod[] {
    const waiting = this.#waiting.get(namespace) ?? [...(this.#pasts.get(namespace)?.pods ?? [])];
    if (!this.#waiting.has(namespace)) {
      this.#pasts.get(namespace)?.comeAlive(Date.now());
      this.#waiting.set(namespace, waiting);
    }
    return waiting;
  }

  /** What scrapes of those pods would have read. Nobody is given a past any more. */
  seriesOf(pods: readonly RunningPod[]): readonly PastSeries[] {
    for (const namespace of this.#pasts.keys()) this.#waiting.set(namespace, []);
    return pods.flatMap((pod) => this.#adopted.get(pod.spec.uid)?.series(pastLabels(pod)) ?? []);
  }
}
