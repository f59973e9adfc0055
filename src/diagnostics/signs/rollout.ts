import { k8sReplicaSets } from '../checks/k8s.replicasets.ts';
import type { RemediationOffer } from '../report.ts';
import { count, form, seconds, short, some } from '../rules/phrases.ts';
import { decide, no, rule, yes } from '../rules/rule.ts';
import type { ConclusionContext, FactsOf } from '../types.ts';

/** Rules and words that several causes share: whether the last rollout brought it, and how to take it back. */

type RevisionFacts = FactsOf<typeof k8sReplicaSets>;

const LONGEST_CHANGES = 200;

/** Whether there is a recent revision that differs from one to go back to. A restart changes nothing that could be taken back. */
export const canGoBack = ({ recent, previousRevision, changes }: RevisionFacts) =>
  recent && previousRevision !== null && changes.length > 0;

/** What the newest revision changed, for a sentence; empty: nothing to be told. */
export function changesText({ changes }: RevisionFacts): string {
  return short(some([...changes], 4), LONGEST_CHANGES);
}

export const olderText = (ready: number): string => count(ready, 'pod of an older revision is ready', 'pods of older revisions are ready');

/** Supports what a template brings: the newest revision is recent, and the older pods do not have it. */
export const onlyTheNewRevisionFails = rule({ revisions: k8sReplicaSets }, ({ revisions }) => {
  const { newestFailing, newestPods, olderFailing, olderReady, newestRevision, ageSeconds } = revisions;
  if (!canGoBack(revisions)) return no('No recent revision changed anything.');
  if (newestFailing === 0 || olderFailing > 0 || olderReady === 0) return no('Not only pods of the newest revision fail.');
  return yes(
    `Revision ${newestRevision ?? '?'} is ${seconds(ageSeconds ?? 0)} old: ${newestFailing} of its ${count(newestPods, 'pod')} ${form(newestFailing, 'fails', 'fail')}, while ${olderText(olderReady)}. It changed: ${changesText(revisions)}.`,
  );
});

/** Whether the failing pods are those of a recent revision; those of older ones are not among them. */
const newRevisionFails = ({ newestFailing, olderFailing, ...revisions }: RevisionFacts): boolean =>
  canGoBack({ newestFailing, olderFailing, ...revisions }) && newestFailing > 0 && olderFailing === 0;

/** To the revision before, where the newest one is recent, differs from it, and its pods alone fail. */
export function goBack(context: ConclusionContext): RemediationOffer[] {
  const revisions = context.facts(k8sReplicaSets);
  if (revisions === null || !newRevisionFails(revisions)) return [];
  return undoOffer(revisions, ` and brought it (${changesText(revisions)})`, 'did without');
}

/** The same as a sentence with a command; empty where nothing can be taken back. */
export function goBackAdvice(context: ConclusionContext): string[] {
  const revisions = context.facts(k8sReplicaSets);
  if (revisions === null || !newRevisionFails(revisions)) return [];
  return [undoAdvice(context, revisions)];
}

/** Back to the revision before; empty where there is none. `newest` follows "Revision 7 is 4 min old", `previous` "revision 6 ". */
export function undoOffer(
  { previousRevision, newestRevision, ageSeconds }: RevisionFacts,
  newest: string,
  previous: string,
): RemediationOffer[] {
  if (previousRevision === null) return [];
  const reason = `Revision ${newestRevision ?? '?'} is ${seconds(ageSeconds ?? 0)} old${newest}; revision ${previousRevision} ${previous}.`;
  return [{ id: 'fix.k8s.rollback', params: { revision: previousRevision }, reason }];
}

export function undoAdvice(context: ConclusionContext, { previousRevision, newestRevision, ...revisions }: RevisionFacts): string {
  const { namespace, deployment } = context.target.kubernetes;
  const changed = changesText({ previousRevision, newestRevision, ...revisions });
  return `Go back to revision ${previousRevision ?? '?'}: kubectl --namespace ${namespace} rollout undo deployment/${deployment} --to-revision=${previousRevision ?? 0}. Revision ${newestRevision ?? '?'} changed: ${changed}. Migrations of the database are not taken back by that.`;
}

export const revisionIsRecent = rule({ revisions: k8sReplicaSets }, ({ revisions }) => {
  const { ageSeconds, newestRevision, recentMinutes, previousRevision } = revisions;
  if (ageSeconds === null || previousRevision === null) return no('There is one revision only: nothing was rolled out.');
  const text = `Revision ${newestRevision ?? '?'} is ${seconds(ageSeconds)} old`;
  if (!revisions.recent) return no(`${text}: no rollout in the last ${recentMinutes} min.`);
  return decide(
    revisions.changes.length > 0,
    `${text}, and changed: ${changesText(revisions)}.`,
    `${text}, and only restarted the pods: it changed nothing.`,
  );
});
