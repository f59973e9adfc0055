import { pods } from '../evidence/pods.ts';
import { replicaSets } from '../evidence/replicasets.ts';
import { count, seconds, some } from '../rules/phrases.ts';
import { podState } from '../rules/pod-state.ts';
import { lastDesiredOf } from '../rules/replicas-before.ts';
import { templateChanges } from '../rules/template-changes.ts';
import { defineCheck, type Judgement } from '../types.ts';

type RevisionFacts = {
  newestRevision: number | null;
  ageMinutes: number | null;
  ageSeconds: number | null;
  recent: boolean;
  recentMinutes: number;
  newestReady: number;
  newestDesired: number;
  /** Pods of the newest revision, and of the older ones, that cannot run or stay unready. */
  newestPods: number;
  newestFailing: number;
  olderPods: number;
  olderFailing: number;
  olderReady: number;
  image: string;
  previousImage: string | null;
  /** The revision to go back to: the newest of the older ones whose pods are ready, else the one before; null: there is none. */
  previousRevision: number | null;
  /** What the newest revision changed against that one, in words; empty: no more than a restart. */
  changes: string[];
  changeCause: string | null;
  /** The names of the pods of the newest revision. */
  newestPodNames: string[];
  /** Replicas that the Deployment wanted before it was scaled to none, as an older revision remembers; null: unknown. */
  lastDesired: number | null;
  /** What the API server says to new pods, where it takes none; empty: nothing. */
  failure: string;
};

const FAILING = new Set(['failed', 'image', 'config', 'oom', 'crash-loop', 'not-ready']);

export const k8sReplicaSets = defineCheck({
  id: 'k8s.replicasets',
  title: 'Revisions',
  needs: { replicaSets, pods },
  judge({ replicaSets: { data }, pods: { data: all } }, { now, thresholds }): Judgement<RevisionFacts> {
    const [newest, ...older] = data;
    const living = all.filter(({ deletedAt }) => deletedAt === null).map((pod) => ({ ...pod, state: podState(pod, now) }));
    const own = living.filter(({ replicaSet }) => replicaSet === newest?.name);
    const others = living.filter(({ replicaSet }) => replicaSet !== newest?.name);
    const failing = (some: typeof living) => some.filter(({ state }) => FAILING.has(state)).length;
    const ageSeconds = newest === undefined ? null : Math.max(0, (now.getTime() - newest.createdAt.getTime()) / 1_000);
    const previous = older.find(({ ready }) => ready > 0) ?? older[0];
    const facts: RevisionFacts = {
      newestRevision: newest?.revision ?? null,
      ageMinutes: ageSeconds === null ? null : Math.round(ageSeconds / 60),
      ageSeconds: ageSeconds === null ? null : Math.round(ageSeconds),
      recent: ageSeconds !== null && ageSeconds < thresholds.rolloutRecentMinutes * 60,
      recentMinutes: thresholds.rolloutRecentMinutes,
      newestReady: newest?.ready ?? 0,
      newestDesired: newest?.desired ?? 0,
      newestPods: own.length,
      newestFailing: failing(own),
      olderPods: others.length,
      olderFailing: failing(others),
      olderReady: older.reduce((sum, { ready }) => sum + ready, 0),
      image: some(newest?.images ?? []),
      previousImage: previous === undefined ? null : some(previous.images),
      previousRevision: previous?.revision ?? null,
      changes: newest === undefined || previous === undefined ? [] : templateChanges(previous.template, newest.template),
      changeCause: newest?.changeCause ?? null,
      newestPodNames: own.map(({ name }) => name),
      lastDesired: lastDesiredOf(data),
      failure: data.find(({ failure }) => failure !== null)?.failure ?? '',
    };
    if (newest === undefined || ageSeconds === null) return { verdict: 'unknown', summary: 'The Deployment has no ReplicaSet.', facts };
    const text = `Revision ${newest.revision ?? '?'} is ${seconds(ageSeconds)} old`;
    if (facts.recent && newest.ready < newest.desired) {
      const fail =
        facts.newestFailing > 0 ? `; ${count(facts.newestFailing, 'pod')} of it fail${facts.newestFailing === 1 ? 's' : ''}` : '';
      const old = facts.olderReady > 0 ? `, while ${count(facts.olderReady, 'pod')} of older revisions are ready` : '';
      return { verdict: 'warn', summary: `${text}, and ${newest.ready} of ${newest.desired} of its pods are ready${fail}${old}.`, facts };
    }
    return {
      verdict: 'ok',
      summary: `${text}; the last change is ${facts.recent ? 'recent' : 'not recent'} (${thresholds.rolloutRecentMinutes} min).`,
      facts,
    };
  },
});
