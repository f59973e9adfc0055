import { deployment } from '../../diagnostics/evidence/deployment.ts';
import { events } from '../../diagnostics/evidence/events.ts';
import { ifSeen } from '../../diagnostics/evidence/optional.ts';
import { replicaSets } from '../../diagnostics/evidence/replicasets.ts';
import { lastDesiredOf, scaledDownFrom } from '../../diagnostics/rules/replicas-before.ts';
import { kubectl } from '../../diagnostics/rules/shell.ts';
import { defineSource } from '../../diagnostics/types.ts';

export interface ReplicasBefore {
  /** Null: it has replicas, or nobody remembers. */
  readonly replicas: number | null;
  /** Who says so, for a sentence. */
  readonly source: string;
}

/** How many replicas there were before the Deployment was scaled to none. Asked of the cluster only where it is. */
export const replicasBefore = defineSource<ReplicasBefore>({
  id: 'fix.replicas-before',
  title: 'Replicas before it was scaled to zero',
  permission: `${replicaSets.permission}; ${events.permission}`,
  asked: (target) => kubectl(target, 'get replicasets,events -o yaml'),
  async collect(context) {
    const { require } = context;
    const nobody: ReplicasBefore = { replicas: null, source: '' };
    if ((await require(deployment)).data.replicas > 0) return { data: nobody, complete: true };
    const sets = (await require(replicaSets)).data;
    const seen = scaledDownFrom((await ifSeen(context, events))?.data ?? []);
    if (seen !== null && seen > 0) return { data: { replicas: seen, source: 'the event of the scaling' }, complete: true };
    const remembered = lastDesiredOf(sets);
    return { data: remembered === null ? nobody : { replicas: remembered, source: 'an older revision' }, complete: true };
  },
});
