import { type ReplicaSet, replicaSets } from '../../diagnostics/evidence/replicasets.ts';
import { templateChanges } from '../../diagnostics/rules/template-changes.ts';
import { json } from '../layout.ts';
import { openReading } from '../reading.ts';
import { defineCollector, type Rollout } from '../types.ts';

const PATH = 'rollouts.json';

/** What `kubectl rollout history` has, with what each revision changed. Values of variables stay unread. */
export const rollouts = defineCollector({
  id: 'rollouts',
  title: 'Recent rollouts',
  async *collect(context) {
    const found = await openReading(context).read(replicaSets);
    if (found.kind === 'missing') return context.lacks({ what: PATH, reason: found.message, mend: found.mend });
    const history = found.data.map((revision, index): Rollout => rolloutOf(revision, found.data[index + 1]));
    context.show({ rollouts: history });
    yield { path: PATH, content: json(history) };
  },
});

function rolloutOf(revision: ReplicaSet, before: ReplicaSet | undefined): Rollout {
  return {
    revision: revision.revision,
    at: revision.createdAt.toISOString(),
    images: revision.images,
    changes: before === undefined ? null : templateChanges(before.template, revision.template),
    reason: revision.changeCause,
    wanted: revision.desired,
    ready: revision.ready,
  };
}
