import { k8sReplicaSets } from '../checks/k8s.replicasets.ts';
import type { RemediationOffer } from '../report.ts';
import { seconds } from '../rules/phrases.ts';
import type { ConclusionContext, FactsOf } from '../types.ts';
import { canGoBack, changesText, undoAdvice, undoOffer } from './rollout.ts';

/** Words and offers for causes that came with a revision whose pods run, and fail at what they do. */

type RevisionFacts = FactsOf<typeof k8sReplicaSets>;

/** The young revision that can be taken back. */
function youngRevision(context: ConclusionContext): RevisionFacts | null {
  const facts = context.facts(k8sReplicaSets);
  return facts !== null && canGoBack(facts) ? facts : null;
}

/** Back to the revision before. `what` completes "… came with it". */
export function rollbackOf(context: ConclusionContext, what: string): RemediationOffer[] {
  const young = youngRevision(context);
  return young === null ? [] : undoOffer(young, `, and ${what} came with it`, 'did without');
}

/** Which revision it came with, as a sentence; empty where none is young. */
export function cameWith(context: ConclusionContext): string {
  const young = youngRevision(context);
  return young === null
    ? ''
    : ` Revision ${young.newestRevision ?? '?'} came ${seconds(young.ageSeconds ?? 0)} ago and changed: ${changesText(young)}.`;
}

/** The command that goes back; empty where no revision is young. */
export function rollbackAdvice(context: ConclusionContext): string[] {
  const young = youngRevision(context);
  return young === null ? [] : [undoAdvice(context, young)];
}
