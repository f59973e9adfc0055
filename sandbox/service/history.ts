import { setImmediate as breathe } from 'node:timers/promises';
import type { Draws } from '../random.ts';
import { type ContainerName, containerFamilies } from './cadvisor.ts';
import type { Endpoint } from './endpoints/endpoint.ts';
import { everydayEndpoint } from './endpoints/endpoints.ts';
import type { MetricFamily } from './metrics.ts';
import { PodModel, type PodShape } from './pod-model.ts';
import { dailyFactor } from './traffic.ts';

/** The samples of one series, oldest first; times in ms since the epoch. */
export interface PastSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
}

export interface PastOptions {
  readonly pods: number;
  readonly shape: PodShape;
  readonly requestsPerSecond: number;
  /** Pages that are connected to the hub all the time, over all pods. */
  readonly hubPages: number;
  readonly from: number;
  readonly to: number;
  readonly random: Draws;
}

/** How the target of a pod is labelled, and how cAdvisor's is. */
export interface PastLabels {
  readonly target: Readonly<Record<string, string>>;
  readonly kubelet: Readonly<Record<string, string>>;
  readonly container: ContainerName;
}

/** One pod's life so far: where its model stands now, and what scrapes of it would have read. */
export interface PastPod {
  readonly model: PodModel;
  series(labels: PastLabels): readonly PastSeries[];
}

/** The past of all pods of one installation, which share its traffic. */
export interface Past {
  readonly pods: readonly PastPod[];
  /** Goes on until now, before the pods become real: hardly anything of the traffic is missing then. */
  comeAlive(now: number): void;
}

const COARSE_STEP_MS = 60_000;
const FINE_STEP_MS = 15_000;
const FINE_FOR_MS = 15 * 60_000;
/** As often as live pods are scraped, nearly. */
const LIVE_STEP_MS = 2_500;
const SPREAD = 0.35;
const SAMPLES_AT_ONCE = 10;
const NO_CONTAINER: ContainerName = { namespace: '', pod: '', container: '' };

/**
 * Runs hotswap-api in simulated time: the same model, traffic and routes as live, in which waiting for the database and
 * for the node registry is drawn from how they answer when all is well.
 */
export async function simulatePast(options: PastOptions): Promise<Past> {
  const models = Array.from({ length: options.pods }, () => new PodModel(options.shape, options.from));
  for (const [index, { sockets }] of models.entries()) sockets.active = sockets.upgraded = share(options.hubPages, options.pods, index);
  const tapes = models.map(() => new Tape());
  const waits = new Waits(options.random.branch('waits'));
  const arrivals = options.random.branch('arrivals');
  let arriveAt = options.from;
  let turn = 0;
  const runTo = (sampleAt: number): void => {
    const gapMs = 1_000 / (options.requestsPerSecond * dailyFactor(sampleAt));
    while (arriveAt < sampleAt) {
      const model = models[turn++ % models.length];
      if (model !== undefined) arrive(model, arriveAt, everydayEndpoint(arrivals.next()), waits);
      arriveAt += arrivals.gap(gapMs);
    }
    for (const [index, model] of models.entries()) {
      model.cpu.advance(sampleAt);
      tapes[index]?.record(sampleAt, model.families(sampleAt), containerFamilies(NO_CONTAINER, model, sampleAt));
    }
  };
  let samples = 0;
  for (const sampleAt of sampleTimes(options.from, options.to)) {
    runTo(sampleAt);
    // The databases start meanwhile.
    if (++samples % SAMPLES_AT_ONCE === 0) await breathe();
  }
  return {
    pods: models.map((model, index) => ({ model, series: (labels) => tapes[index]?.series(labels) ?? [] })),
    comeAlive: (now) => {
      for (let at = options.to + LIVE_STEP_MS; at <= now; at += LIVE_STEP_MS) runTo(at);
      for (const { sockets } of models) sockets.active = sockets.upgraded = 0; // their pages connect for real
    },
  };
}

/** How many of a number fall to one of several that are as alike as can be. */
function share(total: number, among: number, index: number): number {
  return Math.floor(total / among) + (index < total % among ? 1 : 0);
}

const NO_QUERY = new URLSearchParams();

function arrive(model: PodModel, at: number, endpoint: Endpoint, waits: Waits): void {
  const waitMs = waits.draw(endpoint.healthy.databaseMs, endpoint.healthy.downstreamMs);
  model.cpu.submit(at, endpoint.cpuMs(NO_QUERY), (finishedAt) => {
    const seconds = (finishedAt - at + waitMs) / 1000;
    model.finish({ method: endpoint.method, route: endpoint.template, status: endpoint.method === 'POST' ? 204 : 200, seconds });
  });
}

function* sampleTimes(from: number, to: number): Generator<number> {
  let at = from + COARSE_STEP_MS;
  while (at < to) {
    yield at;
    at += at < to - FINE_FOR_MS ? COARSE_STEP_MS : FINE_STEP_MS;
  }
  yield to;
}

/** Draws of log-normal waiting times, from a table: a day has a million of them. */
class Waits {
  readonly #factors: Float64Array;
  #next = 0;

  constructor(random: Draws) {
    this.#factors = Float64Array.from({ length: 8_191 }, () => random.around(1, SPREAD));
  }

  draw(databaseMs: number, downstreamMs: number): number {
    this.#next = (this.#next + 2) % this.#factors.length;
    return databaseMs * (this.#factors[this.#next] ?? 1) + downstreamMs * (this.#factors[this.#next + 1] ?? 1);
  }
}

interface Track {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly ofContainer: boolean;
  readonly first: number;
  readonly values: number[];
}

/** What scrapes of one pod read. */
class Tape {
  readonly #times: number[] = [];
  readonly #tracks = new Map<string, Track>();
  #inOrder: readonly Track[] = [];

  record(at: number, own: readonly MetricFamily[], container: readonly MetricFamily[]): void {
    this.#times.push(at);
    const size = count(own) + count(container);
    // Series only ever come to those that are there: the same number means the same series in the same order.
    if (size !== this.#inOrder.length) this.#inOrder = [...this.#find(own, false), ...this.#find(container, true)];
    let index = 0;
    for (const families of [own, container]) {
      for (const family of families) for (const sample of family.samples) this.#inOrder[index++]?.values.push(sample.value);
    }
  }

  #find(families: readonly MetricFamily[], ofContainer: boolean): readonly Track[] {
    return families
      .flatMap((family) => family.samples)
      .map(({ name, labels }) => {
        const key = `${name}${JSON.stringify(labels)}`;
        const known = this.#tracks.get(key);
        if (known !== undefined) return known;
        const track = { name, labels, ofContainer, first: this.#times.length - 1, values: [] };
        this.#tracks.set(key, track);
        return track;
      });
  }

  series(labels: PastLabels): readonly PastSeries[] {
    const times = Float64Array.from(this.#times);
    const kept = [...this.#tracks.values()].map((track) => ({
      labels: track.ofContainer
        ? { __name__: track.name, ...labels.kubelet, ...labels.container }
        : { __name__: track.name, ...labels.target, ...track.labels },
      timestamps: times.subarray(track.first),
      values: Float64Array.from(track.values),
    }));
    const up = { labels: { __name__: 'up', ...labels.target }, timestamps: times, values: new Float64Array(times.length).fill(1) };
    return [...kept, up];
  }
}

function count(families: readonly MetricFamily[]): number {
  return families.reduce((sum, family) => sum + family.samples.length, 0);
}
