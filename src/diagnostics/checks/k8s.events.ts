import { type ClusterEvent, events } from '../evidence/events.ts';
import { refusedByLimits } from '../rules/admission.ts';
import { secondsSince } from '../rules/moments.ts';
import { count, seconds, short } from '../rules/phrases.ts';
import { describeFailure, killedFor, probeFailure } from '../rules/probe-failure.ts';
import { scaledDownFrom } from '../rules/replicas-before.ts';
import { defineCheck, type Judgement } from '../types.ts';

type EventFacts = {
  windowMinutes: number;
  /** Warnings in the window; those that say the same of objects of one kind are one. The most recent first. */
  warnings: { reason: string; kind: string; name: string; objects: number; count: number; note: string; secondsAgo: number }[];
  probes: {
    pod: string;
    probe: string;
    kind: string;
    statusCode: number | null;
    met: string;
    count: number;
    note: string;
    secondsAgo: number;
  }[];
  /** Containers that the kubelet killed because a probe of them failed. */
  kills: { pod: string; probe: string; count: number; secondsAgo: number }[];
  /** What the kubelet says of images that it cannot pull. */
  pulls: { pod: string; note: string; secondsAgo: number }[];
  /** Volumes that cannot be attached or mounted. */
  mounts: { pod: string; note: string; secondsAgo: number }[];
  /** Pods that a quota or a limit range refused. */
  refused: { object: string; note: string; count: number; secondsAgo: number }[];
  /** Pods whose node does not report any more. */
  lostNodes: { pod: string; note: string; secondsAgo: number }[];
  /** How many replicas there were before the Deployment was scaled to none; null: not seen. */
  scaledDownFrom: number | null;
};

const MOST_WARNINGS = 10;
/** The kubelet puts why an image cannot be pulled behind its name, which it repeats. */
const LONGEST_NOTE = 1_000;
/** Addresses and uids: what differs between the same note of two pods. */
const VARIABLE = /\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g;

export const k8sEvents = defineCheck({
  id: 'k8s.events',
  title: 'Events',
  needs: { events },
  judge({ events: { data } }, { now, thresholds }): Judgement<EventFacts> {
    const age = ({ at }: ClusterEvent) => secondsSince(at, now) ?? 0;
    const recent = data.filter((event) => age(event) <= thresholds.eventWindowMinutes * 60);
    const told = (event: ClusterEvent) => ({ note: short(event.note, LONGEST_NOTE), secondsAgo: age(event) });
    const ofPod = (reasons: readonly string[], test: RegExp = /./) =>
      recent
        .filter(({ kind, reason, note }) => kind === 'Pod' && reasons.includes(reason) && test.test(note))
        .map((event) => ({ pod: event.name, ...told(event) }));
    const warnings = groupWarnings(
      recent.filter(({ warning }) => warning),
      age,
    );
    const facts: EventFacts = {
      windowMinutes: thresholds.eventWindowMinutes,
      warnings: warnings.slice(0, MOST_WARNINGS),
      probes: recent.flatMap((event) => {
        const failure = event.reason === 'Unhealthy' ? probeFailure(event.note) : null;
        return failure === null ? [] : [{ pod: event.name, ...failure, met: describeFailure(failure), count: event.count, ...told(event) }];
      }),
      kills: recent.flatMap((event) => {
        const probe = event.reason === 'Killing' ? killedFor(event.note) : null;
        return probe === null ? [] : [{ pod: event.name, probe, count: event.count, secondsAgo: age(event) }];
      }),
      pulls: ofPod(['Failed', 'InspectFailed', 'ErrImageNeverPull'], /image/i),
      mounts: ofPod(['FailedMount', 'FailedAttachVolume']),
      refused: recent
        .filter(({ reason, note }) => reason === 'FailedCreate' && refusedByLimits(note))
        .map((event) => ({ object: `${event.kind} ${event.name}`, count: event.count, ...told(event) })),
      lostNodes: ofPod(['NodeNotReady', 'TaintManagerEviction']),
      scaledDownFrom: scaledDownFrom(data),
    };
    const window = `in the last ${thresholds.eventWindowMinutes} min`;
    const [latest] = warnings;
    if (latest === undefined)
      return { verdict: 'ok', summary: `No warning about the Deployment, its revisions or its pods ${window}.`, facts };
    return {
      verdict: 'warn',
      summary: `${count(warnings.length, 'kind')} of warnings ${window}; ${seconds(latest.secondsAgo)} ago of ${latest.kind} ${latest.name}: ${latest.reason}: ${short(latest.note, 160)}`,
      facts,
    };
  },
});

function groupWarnings(warnings: readonly ClusterEvent[], age: (event: ClusterEvent) => number): EventFacts['warnings'] {
  const groups = new Map<string, ClusterEvent[]>();
  for (const event of warnings) {
    const key = [event.kind, event.reason, event.note.replaceAll(event.name, '').replace(VARIABLE, '')].join('\n');
    groups.set(key, [...(groups.get(key) ?? []), event]);
  }
  return [...groups.values()].flatMap((group) => {
    const [latest] = group;
    if (latest === undefined) return [];
    const { reason, kind, name, note } = latest;
    const total = group.reduce((sum, event) => sum + event.count, 0);
    return [{ reason, kind, name, objects: group.length, count: total, note: short(note, LONGEST_NOTE), secondsAgo: age(latest) }];
  });
}
