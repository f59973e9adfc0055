import { replicaSets } from '../evidence/replicasets.ts';
import { seconds, some } from '../rules/phrases.ts';
import { defineCheck, type Judgement } from '../types.ts';

type RevisionFacts = {
  newestRevision: number | null;
  ageMinutes: number | null;
  recent: boolean;
  recentMinutes: number;
  newestReady: number;
  newestDesired: number;
  olderReady: number;
  image: string;
  previousImage: string | null;
};

export const k8sReplicaSets = defineCheck({
  id: 'k8s.replicasets',
  title: 'Revisions',
  needs: { replicaSets },
  judge({ replicaSets: { data } }, { now, thresholds }): Judgement<RevisionFacts> {
    const [newest, previous] = data;
    const ageSeconds = newest === undefined ? null : (now.getTime() - newest.createdAt.getTime()) / 1_000;
    const facts = {
      newestRevision: newest?.revision ?? null,
      ageMinutes: ageSeconds === null ? null : Math.round(ageSeconds / 60),
      recent: ageSeconds !== null && ageSeconds < thresholds.rolloutRecentMinutes * 60,
      recentMinutes: thresholds.rolloutRecentMinutes,
      newestReady: newest?.ready ?? 0,
      newestDesired: newest?.desired ?? 0,
      olderReady: data.slice(1).reduce((sum, { ready }) => sum + ready, 0),
      image: some(newest?.images ?? []),
      previousImage: previous === undefined ? null : some(previous.images),
    };
    if (newest === undefined || ageSeconds === null) return { verdict: 'unknown', summary: 'The Deployment has no ReplicaSet.', facts };
    const text = `Revision ${newest.revision ?? '?'} is ${seconds(ageSeconds)} old`;
    if (facts.recent && newest.ready < newest.desired)
      return { verdict: 'warn', summary: `${text}, and ${newest.ready} of ${newest.desired} of its pods are ready.`, facts };
    return {
      verdict: 'ok',
      summary: `${text}; the last change is ${facts.recent ? 'recent' : 'not recent'} (${thresholds.rolloutRecentMinutes} min).`,
      facts,
    };
  },
});
