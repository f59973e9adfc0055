import { z } from 'zod';
import { moreRecent } from '../rules/moments.ts';
import { kubectl } from '../rules/shell.ts';
import { defineSource } from '../types.ts';
import { parseAnswer } from './answers.ts';
import { deployment } from './deployment.ts';
import { pods } from './pods.ts';
import { replicaSets } from './replicasets.ts';
import { together } from './together.ts';

/** The client makes a date of some times, and leaves those with microseconds text. */
const Moment = z.union([z.date(), z.iso.datetime({ offset: true }).transform((text) => new Date(text))]).nullish();
const Answer = z.object({
  metadata: z.object({ _continue: z.string().optional() }).prefault({}),
  items: z.array(
    z.object({
      metadata: z.object({ creationTimestamp: z.date() }),
      regarding: z.object({ kind: z.string().default(''), name: z.string().default(''), uid: z.string().default('') }).prefault({}),
      type: z.string().default('Normal'),
      reason: z.string().default(''),
      note: z.string().default(''),
      eventTime: Moment,
      series: z.object({ count: z.number().default(1), lastObservedTime: Moment }).nullish(),
      deprecatedLastTimestamp: Moment,
      deprecatedCount: z.number().nullish(),
    }),
  ),
});

export interface ClusterEvent {
  readonly kind: string;
  readonly name: string;
  readonly warning: boolean;
  readonly reason: string;
  readonly note: string;
  readonly count: number;
  /** When it was last seen. */
  readonly at: Date;
}

/** What happened to the Deployment, its ReplicaSets and its pods, those that are gone as well; the most recent first. */
export const events = defineSource<readonly ClusterEvent[]>({
  id: 'k8s.events',
  title: 'Events',
  permission: 'Role rule {apiGroups: ["events.k8s.io", ""], resources: ["events"], verbs: ["get", "list"]}',
  asked: (target) => kubectl(target, 'get events.v1.events.k8s.io -o wide'),
  async collect({ target, clients, signal, require }) {
    const [{ data: owner }, { data: sets }, { data: living }, answer] = await together(
      require(deployment),
      require(replicaSets),
      require(pods),
      clients.kubernetes.events(target.kubernetes.namespace, signal),
    );
    const { items, metadata } = parseAnswer(Answer, answer, 'The list of events');
    const uids = new Set([owner.uid, ...sets.map(({ uid }) => uid), ...living.map(({ uid }) => uid)]);
    const ours = ({ kind, name, uid }: { readonly kind: string; readonly name: string; readonly uid: string }) =>
      uids.has(uid) || (kind === 'Pod' && sets.some((set) => name.startsWith(`${set.name}-`)));
    const data = items
      .filter(({ regarding }) => ours(regarding))
      .map(normalise)
      .sort((a, b) => moreRecent(a.at, b.at));
    if (metadata._continue === undefined || metadata._continue === '') return { data, complete: true };
    const gap = {
      reason: 'invalid-response' as const,
      message: `The namespace has more than ${items.length} events; the others were not read.`,
      mend: 'None needed: Kubernetes forgets events after an hour.',
    };
    return { data, complete: false, gap };
  },
});

/** Newer components leave the timestamps of older ones empty, and those the times of newer ones: the first that is set counts. */
function normalise(event: z.output<typeof Answer>['items'][number]): ClusterEvent {
  const { regarding, type, reason, note, series, deprecatedCount, deprecatedLastTimestamp, eventTime, metadata } = event;
  return {
    kind: regarding.kind,
    name: regarding.name,
    warning: type === 'Warning',
    reason,
    note,
    count: series?.count ?? deprecatedCount ?? 1,
    at: series?.lastObservedTime ?? deprecatedLastTimestamp ?? eventTime ?? metadata.creationTimestamp,
  };
}
