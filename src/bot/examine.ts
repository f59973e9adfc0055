import type { ReadClients } from '../clients/read-clients.ts';
import { ReadError } from '../clients/read-errors.ts';
import type { Logger } from '../config/logger.ts';
import type { NamedTarget, Settings } from '../config/settings.ts';
import type { Registry } from '../diagnostics/registry.ts';
import { runDiagnosis } from '../diagnostics/run.ts';
import type { Examination } from '../remediations/run/context.ts';
import type { Store } from '../store/pool.ts';
import { recentStatementSamples } from '../store/statement-samples.ts';

export interface ExamineOptions {
  readonly settings: Settings;
  readonly registry: Registry;
  /** Ids of the remediations that can be offered. */
  readonly remediations: ReadonlySet<string>;
  readonly secrets: readonly string[];
  readonly log: Logger;
}

interface Question {
  readonly topic: string;
  readonly target: NamedTarget;
  /** When the fix was complete: nothing older may be looked at. */
  readonly since: Date;
}

/** Fewer scrapes than this say nothing about a rate. */
const SCRAPES = 4;

/**
 * Runs a topic again over samples that are younger than `since`: rates over the last moments, in a window that begins there at
 * the earliest, so that what had piled up before the fix does not count once it is worked off; statements between two readings
 * after it; logs as far back as the fix, for what was complained of before it is not held against it.
 * @returns null where there are not enough samples yet.
 */
export async function examineTopic(
  { settings, registry, remediations, secrets, log }: ExamineOptions,
  { topic, target, since }: Question,
  clients: ReadClients,
  store: Store,
  signal: AbortSignal,
): Promise<Examination | null> {
  const now = new Date();
  const elapsedSeconds = Math.floor((now.getTime() - since.getTime()) / 1_000);
  const windowSeconds = Math.min(target.prometheus.recentWindowSeconds, elapsedSeconds);
  if (windowSeconds < 1 || !(await enoughScrapes(target, windowSeconds, clients, signal))) return null;
  const oldest = now.getTime() - settings.diagnostics.statementPairMaximumSeconds * 1_000;
  const { report, secondReading } = await runDiagnosis({
    ...{ topic, target, settings, registry, remediations, clients, signal, logger: log, secrets, windowSeconds },
    question: { sinceSeconds: elapsedSeconds },
    now: () => new Date(),
    statementSamples: await recentStatementSamples(store, target.name, new Date(Math.max(oldest, since.getTime()))),
  });
  const symptoms = registry.topics.get(topic)?.symptoms ?? [];
  return { report: secondReading === undefined ? report : await secondReading(), symptoms };
}

/** Whether the window holds enough scrapes. Where Prometheus cannot be asked there is nothing to wait for: its checks will say so. */
async function enoughScrapes(target: NamedTarget, windowSeconds: number, clients: ReadClients, signal: AbortSignal): Promise<boolean> {
  try {
    const query = `max(count_over_time(up{${target.prometheus.selector}}[${windowSeconds}s]))`;
    const [sample] = await clients.prometheus.query(query, signal);
    return sample?.value !== undefined && sample.value !== null && sample.value >= SCRAPES;
  } catch (error) {
    if (error instanceof ReadError) return true;
    throw error;
  }
}
