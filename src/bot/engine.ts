import type { ReadClients } from '../clients/read-clients.ts';
import type { Logger } from '../config/logger.ts';
import type { NamedTarget, Settings } from '../config/settings.ts';
import { takeStatementSample } from '../diagnostics/evidence/statements.ts';
import type { LinkBases } from '../diagnostics/links.ts';
import type { Registry } from '../diagnostics/registry.ts';
import { runDiagnosis } from '../diagnostics/run.ts';
import { runShow } from '../diagnostics/run-show.ts';
import { shareReadings } from '../diagnostics/shared-readings.ts';
import type { Store } from '../store/pool.ts';
import { findSnapshot, saveSnapshot } from '../store/snapshots.ts';
import { recentStatementSamples, type StatementSample } from '../store/statement-samples.ts';
import type { Engine } from './diagnose-job.ts';

interface EngineOptions {
  readonly store: Store;
  readonly settings: Settings;
  readonly registry: Registry;
  /** Ids of the remediations that can be offered. */
  readonly remediations: ReadonlySet<string>;
  readonly secrets: readonly string[];
  readonly links: LinkBases;
  readonly log: Logger;
  readonly now: () => Date;
  clients(target: NamedTarget): ReadClients;
}

/** Answers the questions of runs with the diagnostics, and compares statements with what the worker sampled. */
export function createEngine({ store, settings, registry, remediations, secrets, links, log, now, clients }: EngineOptions): Engine {
  const shared = shareReadings(settings.diagnostics.shareSeconds);
  return {
    async diagnose({ topic, target, question, previous, signal, onProgress }) {
      const since = new Date(now().getTime() - settings.diagnostics.statementPairMaximumSeconds * 1_000);
      const lastHealthy = await findSnapshot(store, target.name, topic);
      const options = {
        topic,
        target,
        question,
        settings,
        registry,
        remediations,
        clients: clients(target),
        now,
        signal,
        logger: log,
        secrets,
        links,
        shared,
        history: { lastHealthy },
        statementSamples: await recentStatementSamples(store, target.name, since),
        previousReport: previous,
        onProgress,
      };
      const show = registry.shows.get(topic);
      if (show !== undefined) return { report: await runShow(show, options), later: null };
      const { report, snapshot, secondReading } = await runDiagnosis(options);
      if (snapshot !== null && (report.outcome === 'healthy' || report.outcome === 'explained') && report.secondReading !== 'pending')
        await saveSnapshot(store, { target: target.name, topic, at: now(), snapshot });
      return { report, later: secondReading === undefined ? null : secondReading() };
    },
  };
}

/** One reading of a target's statement statistics; null where they cannot be read, which the next run will say with its reason. */
export async function readStatements(
  target: NamedTarget,
  clients: ReadClients,
  timeoutMs: number,
  log: Logger,
): Promise<StatementSample | null> {
  try {
    return await takeStatementSample(clients.postgres, AbortSignal.timeout(timeoutMs));
  } catch (error) {
    log.debug({ err: error, target: target.name }, 'the statement statistics cannot be read');
    return null;
  }
}
