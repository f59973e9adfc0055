import type { ReplicaSet } from '../../diagnostics/evidence/replicasets.ts';
import { bytes, percent, seconds } from '../../diagnostics/rules/phrases.ts';
import { parseQuantity } from '../../diagnostics/rules/quantity.ts';
import type { Source } from '../../diagnostics/types.ts';
import type { MemoryGrowth } from '../evidence/memory-growth.ts';
import type { nodeRoom } from '../evidence/node-room.ts';
import type { Refused } from '../plan.ts';
import type { PlanContext } from '../types.ts';
import { refuse } from './refusal.ts';

type Room = typeof nodeRoom extends Source<infer Data> ? Data : never;

const bytesOf = (quantity: string) => parseQuantity(quantity) ?? 0;

/** Refuses a limit beyond what is reasonable at once, allowed, or there on any node. */
export function memoryBoundGuard(from: string, to: string, room: Room, { target, undoing }: PlanContext): Refused | undefined {
  if (undoing) return undefined;
  const { maxMemory } = target.kubernetes;
  const daemons = room?.daemons === null || room === null ? '' : `, without the ${bytes(room.daemons)} of the pods that run on every node`;
  const bounds = [
    { most: 2 * bytesOf(from), why: `twice the ${from} of now` },
    { most: bytesOf(maxMemory), why: `the ${maxMemory} of kubernetes.maxMemory` },
    ...(room === null ? [] : [{ most: room.bytes, why: `what the largest node (${room.node}) gives${daemons}` }]),
  ];
  const [tightest] = bounds.sort((a, b) => a.most - b.most);
  if (tightest === undefined || bytesOf(to) <= tightest.most) return undefined;
  return refuse(
    'too-much',
    `${to} is more than ${tightest.why}.`,
    tightest.most > bytesOf(from)
      ? `Ask for at most ${Math.floor(tightest.most / 2 ** 20)}Mi, look, then go on.`
      : 'There is no room above the present limit: find out what uses the memory.',
  );
}

interface RaisedBefore {
  readonly from: string;
  readonly to: string;
  /** How long ago, in words. */
  readonly ago: string;
}

/** The last time that the limit went up within the hours in which it may be a leak that is fed; undefined: it did not. */
export function raisedBefore(
  revisions: readonly ReplicaSet[],
  container: string,
  { now, settings }: PlanContext,
): RaisedBefore | undefined {
  const limitOf = (set: ReplicaSet | undefined) => set?.template.containers.find(({ name }) => name === container)?.memoryLimit ?? null;
  for (const [index, newer] of revisions.entries()) {
    const [from, to] = [limitOf(revisions[index + 1]), limitOf(newer)];
    const ago = (now.getTime() - newer.createdAt.getTime()) / 1_000;
    if (from === null || to === null || bytesOf(from) >= bytesOf(to) || ago > settings.memoryRaiseAgainHours * 3_600) continue;
    return { from, to, ago: seconds(ago) };
  }
  return undefined;
}

/** Refuses to give more to what grows on after it was given more: it leaks. */
export function leakGuard(before: RaisedBefore | undefined, { growing, perHourRatio }: MemoryGrowth): Refused | undefined {
  if (before === undefined || !growing) return undefined;
  return refuse(
    'leak',
    `The limit was raised from ${before.from} to ${before.to} ${before.ago} ago, and memory grows on by ${percent(perHourRatio ?? 0)} an hour: it leaks.`,
    'More memory would only put it off. A restart buys time; a dump of the heap shows what grows: `dotnet-gcdump collect` in a pod that is full.',
    { remediation: 'fix.k8s.restart', params: {} },
  );
}
