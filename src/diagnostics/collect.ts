import pLimit from 'p-limit';
import type { ReadClients } from '../clients/read-clients.ts';
import { ReadError } from '../clients/read-errors.ts';
import type { Logger } from '../config/logger.ts';
import type { Diagnostics, NamedTarget } from '../config/settings.ts';
import type { Thresholds } from '../config/thresholds.ts';
import { mendOf } from './mend.ts';
import { NO_QUESTION, type Question } from './question.ts';
import type { Redactor } from './redact.ts';
import type { SharedReadings } from './shared-readings.ts';
import type { Collected, Evidence, Gap, Missing, Reading, Source, SourceContext, StatementSample } from './types.ts';

export interface CollectOptions {
  readonly target: NamedTarget;
  readonly clients: ReadClients;
  readonly diagnostics: Diagnostics;
  readonly thresholds: Thresholds;
  readonly now: Date;
  readonly question?: Question;
  /** Length of the window of rates; left out: what the question says, else the target's setting. */
  readonly windowSeconds?: number;
  readonly statementSamples?: readonly StatementSample[];
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly redactor: Redactor;
  /** Readings that other runs may use as well, and theirs; left out: this run reads everything itself. */
  readonly shared?: SharedReadings;
  onStart?(source: Source<unknown>): void;
  onEnd?(evidence: Evidence<unknown>): void;
}

/**
 * Reads each source once, at most `diagnostics.concurrency` at a time, each with its own time limit. One that is slow,
 * forbidden or broken becomes missing evidence and holds back no other, except those that are built on it.
 */
export async function collectSources(
  sources: Iterable<Source<unknown>>,
  options: CollectOptions,
): Promise<ReadonlyMap<string, Evidence<unknown>>> {
  return startCollection(options).collect(sources);
}

/** Collects in steps: what an earlier step has read is not read again. */
export interface Collection {
  /** Everything that was read so far, the sources asked for included. */
  collect(sources: Iterable<Source<unknown>>): Promise<ReadonlyMap<string, Evidence<unknown>>>;
  /** One source, at once, however many others are being read. */
  read<Data>(source: Source<Data>): Promise<Evidence<Data>>;
}

export function startCollection(options: CollectOptions): Collection {
  const loader = new Loader(options);
  const limit = pLimit(options.diagnostics.concurrency);
  return {
    async collect(sources) {
      const unique = new Map([...sources].map((source) => [source.id, source]));
      await Promise.all([...unique.values()].map((source) => limit(() => loader.load(source))));
      return new Map(loader.all());
    },
    read: (source) => loader.load(source),
  };
}

/** A source that another one is built on is missing. */
class RequiredMissing extends Error {
  readonly missing: Missing;

  constructor(missing: Missing) {
    super(missing.message);
    this.missing = missing;
  }
}

class Loader {
  readonly #options: CollectOptions;
  readonly #started = new Map<string, Promise<Evidence<unknown>>>();
  readonly #finished = new Map<string, Evidence<unknown>>();

  constructor(options: CollectOptions) {
    this.#options = options;
  }

  all(): ReadonlyMap<string, Evidence<unknown>> {
    return this.#finished;
  }

  load<Data>(source: Source<Data>): Promise<Evidence<Data>> {
    const running = this.#started.get(source.id);
    if (running !== undefined) return running as Promise<Evidence<Data>>; // stored by this source, under its own id
    this.#options.onStart?.(source);
    const promise = this.#share(source).then((evidence) => {
      this.#finished.set(source.id, evidence);
      this.#options.onEnd?.(evidence);
      return evidence;
    });
    this.#started.set(source.id, promise);
    return promise;
  }

  /** A reading of another run that is young enough, or one of its own, which others may then use. */
  #share<Data>(source: Source<Data>): Promise<Evidence<Data>> {
    const { shared, target, question = NO_QUESTION, windowSeconds, statementSamples = [] } = this.#options;
    if (shared === undefined) return this.#read(source);
    const samples = source.comparesSamples === true ? statementSamples.map(({ takenAt }) => takenAt.getTime()).sort() : [];
    const key = JSON.stringify([target.name, source.id, windowSeconds ?? null, question, samples]);
    return shared.once(key, () => this.#read(source)) as Promise<Evidence<Data>>; // stored by this source, under its own id
  }

  async #read<Data>(source: Source<Data>): Promise<Evidence<Data>> {
    const began = performance.now();
    const waited = new Stopwatch();
    const timer = new Timer(source.timeoutMs?.(this.#options.target) ?? this.#options.diagnostics.readTimeoutMs, this.#options.signal);
    const finish = () => ({ source: source.id, at: new Date(), durationMs: Math.round(performance.now() - began - waited.milliseconds) });
    const asked = source.asked(this.#options.target);
    try {
      const reading = await timer.race(source.collect(this.#context(timer, waited)));
      return { kind: 'collected', ...finish(), ...this.#normalise(source, reading), asked: reading.asked ?? asked };
    } catch (error) {
      return { kind: 'missing', ...finish(), ...this.#explain(source, error), asked };
    } finally {
      timer.stop();
    }
  }

  #normalise<Data>(source: Source<Data>, reading: Reading<Data>): Pick<Collected<Data>, 'data' | 'complete' | 'gap'> {
    const data = this.#options.redactor.data(reading.data);
    if (reading.complete) return { data, complete: true, gap: null };
    const { reason, message, mend } = reading.gap;
    return { data, complete: false, gap: { reason, message: this.#options.redactor.text(message), mend: mend || mendOf(source, reason) } };
  }

  #context(timer: Timer, waited: Stopwatch): SourceContext {
    const { target, clients, diagnostics, thresholds, now, question = NO_QUESTION, windowSeconds, statementSamples } = this.#options;
    return {
      target,
      clients,
      diagnostics,
      thresholds,
      now,
      question,
      windowSeconds: windowSeconds ?? question.sinceSeconds ?? target.prometheus.windowSeconds,
      statementSamples: statementSamples ?? [],
      signal: timer.signal,
      require: (source) => waited.time(() => timer.pause(() => this.#require(source))),
    };
  }

  async #require<Data>(source: Source<Data>): Promise<Collected<Data>> {
    const evidence = await this.load(source);
    if (evidence.kind === 'missing') throw new RequiredMissing(evidence);
    return evidence;
  }

  #explain(source: Source<unknown>, error: unknown): Gap & Pick<Missing, 'builtOn'> {
    const { redactor, logger } = this.#options;
    if (error instanceof RequiredMissing) {
      const { reason, message, mend, source: required, builtOn: behind } = error.missing;
      // One that is built on others itself names what is behind it already: that is told once.
      const told = behind === undefined ? `It is built on ${required}, which could not be read: ${message}` : message;
      return { reason, mend, builtOn: required, message: told };
    }
    if (error instanceof ReadError)
      return { reason: error.reason, message: redactor.text(error.message), mend: error.mend ?? mendOf(source, error.reason) };
    logger.error({ source: source.id, err: error }, 'a source of evidence failed in a way that it does not know');
    return {
      reason: 'crashed',
      message: 'Reading it failed in a way that the bot does not know; its log has the details.',
      mend: mendOf(source, 'crashed'),
    };
  }
}

/** The time that a source waits for others, which is not its own. Waits for several at once count once. */
class Stopwatch {
  milliseconds = 0;
  #waiting = 0;
  #since = 0;

  async time<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting++ === 0) this.#since = performance.now();
    try {
      return await work();
    } finally {
      if (--this.#waiting === 0) this.milliseconds += performance.now() - this.#since;
    }
  }
}

/** The time limit of one source. It stands still while the source waits for another one, which has a limit of its own. */
class Timer {
  readonly #milliseconds: number;
  readonly #own = new AbortController();
  readonly signal: AbortSignal;
  readonly #expired: Promise<never>;
  #handle: NodeJS.Timeout | undefined;

  constructor(milliseconds: number, outer: AbortSignal) {
    this.#milliseconds = milliseconds;
    this.signal = AbortSignal.any([this.#own.signal, outer]);
    this.#expired = new Promise((_, reject) => {
      const expire = () => reject(new ReadError('timeout', `No answer within ${milliseconds / 1_000} s.`));
      if (this.signal.aborted) expire();
      else this.signal.addEventListener('abort', expire, { once: true });
    });
    this.#expired.catch(() => {});
    this.#start();
  }

  race<Result>(work: Promise<Result>): Promise<Result> {
    return Promise.race([work, this.#expired]);
  }

  async pause<Result>(work: () => Promise<Result>): Promise<Result> {
    this.stop();
    try {
      return await work();
    } finally {
      this.#start();
    }
  }

  stop(): void {
    clearTimeout(this.#handle);
  }

  #start(): void {
    this.stop();
    this.#handle = setTimeout(() => this.#own.abort(), this.#milliseconds);
  }
}
