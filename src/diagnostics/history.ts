import type { Report } from './report.ts';
import { differences, type Snapshot } from './snapshot.ts';
import { SNAPSHOT_SOURCES, snapshotOf } from './take-snapshot.ts';
import { TIMELINE_SOURCES, timelineOf } from './timeline.ts';
import type { Check, Evidence, Source } from './types.ts';

/** How the service stood when it was last seen healthy. */
export interface LastHealthy {
  readonly at: Date;
  readonly snapshot: Snapshot;
}

/** What the past of a run is made from, beside what its checks read. */
export const HISTORY_SOURCES: readonly Source<unknown>[] = [...new Set([...SNAPSHOT_SOURCES, ...TIMELINE_SOURCES])];

/** The evidence that checks rest on: what history alone could not read is no gap of a diagnosis. */
export function withoutHistory(
  evidence: ReadonlyMap<string, Evidence<unknown>>,
  checks: readonly Check[],
): ReadonlyMap<string, Evidence<unknown>> {
  const needed = new Set(checks.flatMap((check) => check.sources).map(({ id }) => id));
  const extra = new Set(HISTORY_SOURCES.map(({ id }) => id).filter((id) => !needed.has(id)));
  return new Map([...evidence].filter(([id]) => !extra.has(id)));
}

/** What changed since the service was last healthy, and when; nothing of it where nothing is wrong. */
export function pastOf(
  outcome: Report['outcome'],
  evidence: ReadonlyMap<string, Evidence<unknown>>,
  lastHealthy: LastHealthy | null,
  now: Date,
): Pick<Report, 'sinceHealthy' | 'timeline'> {
  if (outcome === 'healthy' || outcome === 'explained') return { sinceHealthy: null, timeline: [] };
  const timeline = timelineOf(evidence, now);
  if (lastHealthy === null) return { sinceHealthy: null, timeline };
  const changes = differences(lastHealthy.snapshot, snapshotOf(evidence));
  return { sinceHealthy: { at: lastHealthy.at.toISOString(), changes }, timeline };
}
