import type { Logger } from '../config/logger.ts';
import { exclusively, type Store } from '../store/pool.ts';
import { recentStatementSamples, type StatementSample, saveStatementSample } from '../store/statement-samples.ts';
import { startLoop } from './loop.ts';

interface SamplerOptions {
  readonly store: Store;
  readonly targets: readonly string[];
  readonly everySeconds: number;
  /** Reads the statement statistics of a target; null where it cannot be read now, which is not an error. */
  read(target: string): Promise<StatementSample | null>;
  readonly log: Logger;
  now(): Date;
}

/**
 * Keeps readings of each target's statement statistics, so that a run has an earlier one to compare with. However many workers there
 * are, one of them samples a target at a time, and no more often than asked for.
 */
export function startSampler(options: SamplerOptions): { stop(): Promise<void> } {
  const { targets, everySeconds, log } = options;
  return startLoop('the statement statistics could not be sampled', everySeconds * 1_000, log, async () => {
    await Promise.all(targets.map((target) => sampleOnce(options, target)));
  });
}

/** Takes one sample of a target unless a young enough one exists or another worker is at it. Never rejects. */
export async function sampleOnce({ store, everySeconds, read, log, now }: Omit<SamplerOptions, 'targets'>, target: string): Promise<void> {
  try {
    await exclusively(store, `statement sample of ${target}`, async () => {
      const since = new Date(now().getTime() - everySeconds * 800);
      if ((await recentStatementSamples(store, target, since)).length > 0) return;
      const sample = await read(target);
      if (sample !== null) await saveStatementSample(store, target, sample);
    });
  } catch (error) {
    log.warn({ err: error, target }, 'the statement statistics could not be sampled');
  }
}
