import { deployment } from './evidence/deployment.ts';
import { onset } from './evidence/onset.ts';
import { replicaSets } from './evidence/replicasets.ts';
import { dataOf } from './evidence-data.ts';
import type { Moment } from './report.ts';
import type { Evidence, Source } from './types.ts';

/** What the time line is made from, beside what the checks read. */
export const TIMELINE_SOURCES: readonly Source<unknown>[] = [deployment, replicaSets, onset];

const LOOK_BACK_MS = 24 * 3_600_000;

/** Rollouts and restarts of the last day, and when the trouble began, oldest first. */
export function timelineOf(evidence: ReadonlyMap<string, Evidence<unknown>>, now: Date): Moment[] {
  const moments = [...rollouts(evidence), ...beginnings(evidence)];
  return moments
    .filter(({ at }) => now.getTime() - at.getTime() <= LOOK_BACK_MS)
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ at, what }) => ({ at: at.toISOString(), what }));
}

interface Dated {
  readonly at: Date;
  readonly what: string;
}

function rollouts(evidence: ReadonlyMap<string, Evidence<unknown>>): Dated[] {
  const sets = dataOf(replicaSets, evidence) ?? [];
  return sets.map(({ createdAt, revision, images, changeCause }) => {
    const cause = changeCause === null ? '' : ` (${changeCause})`;
    return { at: createdAt, what: `Revision ${revision ?? '?'} was rolled out: ${images.join(', ')}${cause}.` };
  });
}

function beginnings(evidence: ReadonlyMap<string, Evidence<unknown>>): Dated[] {
  const began = dataOf(onset, evidence);
  return [
    ...(began?.latencySince ? [{ at: began.latencySince, what: 'Latency rose above its limit.' }] : []),
    ...(began?.errorsSince ? [{ at: began.errorsSince, what: 'Errors rose above their limit.' }] : []),
  ];
}
